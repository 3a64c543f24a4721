// How the page is built. `npm start` runs this build by itself where it is missing or old (scripts/ensure-page.ts).
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'baseline-widely-available',
    // Nothing inline: the page's Content-Security-Policy allows files of our own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How much is loaded at first is checked by tests/bundle-size.test.ts, compressed.
    chunkSizeWarningLimit: 1000,
    manifest: true,
  },
  server: {
    // `npm run dev:web`, beside a server from `npm start`.
    proxy: Object.fromEntries(
      ['/trpc', '/api', '/healthz'].map((path) => [path, { target: 'http://127.0.0.1:8000' }]),
    ),
  },
});
