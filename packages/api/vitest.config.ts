import { databaseProjects } from '@parley/db/testing/projects';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'api',
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: databaseProjects({
      include: ['tests/**/*.test.ts'],
      // packages/db and packages/runs test the differences between the engines.
      onBothEngines: [],
    }),
  },
});
