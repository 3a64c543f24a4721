import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'client',
    include: ['tests/**/*.test.ts'],
    // The types are what this package is for. They are checked in the same run as the rest.
    typecheck: { enabled: true, include: ['tests/**/*.test-d.ts'] },
    // What differs between the databases is tested where the SQL is.
    globalSetup: fileURLToPath(new URL('setup-pglite.ts', import.meta.resolve('@parley/db/testing'))),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
