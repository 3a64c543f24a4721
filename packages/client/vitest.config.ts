import { databaseSetup } from '@parley/db/testing/projects';
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'client',
    include: ['tests/**/*.test.ts'],
    // Type tests run with the others: inferred types are the main feature of this package.
    typecheck: { enabled: true, include: ['tests/**/*.test-d.ts'] },
    // packages/db tests the differences between the engines.
    globalSetup: databaseSetup(),
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
