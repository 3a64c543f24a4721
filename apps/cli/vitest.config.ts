import { databaseSetup } from '@parley/db/testing/projects';
import { onlyInCI } from '@parley/testing';
import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'cli',
    isolate: false,
    include: ['tests/**/*.test.ts'],
    exclude: onlyInCI('apps/cli', ['tests/operations.test.ts']),
    // packages/db tests the differences between the engines.
    globalSetup: databaseSetup(),
    // Each command is a process, and some tests run a dozen of them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
