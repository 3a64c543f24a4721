import { databaseProjects } from '@parley/db/testing/projects';
import { onlyInCI } from '@parley/testing';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'runs',
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: databaseProjects({
      include: ['tests/**/*.test.ts'],
      exclude: onlyInCI('packages/runs', ['tests/database-outage.postgres.test.ts']),
    }),
  },
});
