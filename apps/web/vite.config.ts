// The build of the page. `npm start` runs it when the build is missing or outdated (scripts/ensure-page.ts).
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'baseline-widely-available',
    // No inlined assets: the Content-Security-Policy allows files of this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // tests/bundle-size.test.ts limits the compressed size instead.
    chunkSizeWarningLimit: 1000,
    manifest: true,
  },
  server: {
    // For `npm run dev:web`, next to a server from `npm start`.
    proxy: Object.fromEntries(
      ['/trpc', '/api', '/healthz'].map((path) => [path, { target: 'http://127.0.0.1:8000' }]),
    ),
  },
});
