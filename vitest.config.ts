import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tests', 'tests/openapi'],
    // Many tests wait for time to pass: with a worker a core, both cores would be idle by turns.
    maxWorkers: 3,
  },
});
