import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const parley = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:8000';

// The browser sees one origin, so Parley's cookies work without CORS.
const proxy = { '/trpc': parley, '/api': parley };

export default defineConfig({
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
});
