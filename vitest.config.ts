import { defineConfig } from 'vitest/config';

// Projects take no `maxWorkers` from here, and would leave a core idle: the variable is for all of them. Set it to try others.
process.env['VITEST_MAX_WORKERS'] ??= '2';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tests', 'tests/openapi'],
  },
});
