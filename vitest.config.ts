import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*'],
    // Vitest would leave a core idle.
    maxWorkers: 2,
  },
});
