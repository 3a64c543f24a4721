import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'cli',
    include: ['tests/**/*.test.ts'],
    // What differs between the databases is tested where the SQL is.
    globalSetup: fileURLToPath(new URL('setup-pglite.ts', import.meta.resolve('@parley/db/testing'))),
    // Each command is a process, and some tests run a dozen.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
