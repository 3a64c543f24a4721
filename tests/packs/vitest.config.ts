// `npm run test:packs`: the published packages, in projects outside this repository. Separate from `npm test`, since it
// installs from npm, and needs Chromium for the pages.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'packs',
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['support/global-setup.ts'],
    // For hangs alone: on a machine with other work, a build takes minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Installing mostly waits for the network and the disk.
    maxWorkers: 2,
  },
});
