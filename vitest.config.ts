import { defineConfig } from 'vitest/config';

// Projects do not inherit `maxWorkers`, but all of them read this variable. Three workers keep two cores busy: some suites mostly wait.
process.env['VITEST_MAX_WORKERS'] ??= '3';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tests', 'tests/openapi'],
  },
});
