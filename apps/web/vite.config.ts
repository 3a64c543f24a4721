// The build of the page. `npm start` runs it when the build is missing or outdated (scripts/ensure-page.ts).
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig, type Plugin } from 'vite';

const require = createRequire(import.meta.url);

/** Puts Mermaid beside the frame that draws with it (public/diagrams). It is one file that needs no bundling. */
function mermaidForFrame(): Plugin {
  return {
    name: 'mermaid-for-frame',
    generateBundle() {
      const file = require.resolve('@mermaid-js/tiny');
      this.emitFile({ type: 'asset', fileName: 'diagrams/mermaid.js', source: readFileSync(file) });
    },
  };
}

/** Every browser that the page supports reads WOFF2; KaTeX names two older formats of each font. */
function onlyWoff2(): Plugin {
  return {
    name: 'only-woff2',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('katex.css')) return undefined;
      return code.replaceAll(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, '');
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), onlyWoff2(), mermaidForFrame()],
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
      ['/trpc', '/api', '/healthz', '/diagrams'].map((path) => [path, { target: 'http://127.0.0.1:8000' }]),
    ),
  },
});
