import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tests'],
    // Vitest would leave a core idle.
    maxWorkers: 2,
  },
});
