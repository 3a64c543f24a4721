import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'cli',
    include: ['tests/**/*.test.ts'],
    // PGlite only: packages/db tests the differences between the databases.
    globalSetup: fileURLToPath(new URL('setup-pglite.ts', import.meta.resolve('@parley/db/testing'))),
    // Each command is a process, and some tests run a dozen of them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
