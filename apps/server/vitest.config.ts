import { databaseProjects } from '@parley/db/testing/projects';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'server',
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: databaseProjects(),
  },
});
