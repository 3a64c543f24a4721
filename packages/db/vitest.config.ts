import { defineConfig } from 'vitest/config';
import { databaseProjects } from './src/testing/database-projects.ts';

export default defineConfig({
  test: {
    name: 'db',
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: databaseProjects({ include: ['tests/**/*.test.ts'] }),
  },
});
