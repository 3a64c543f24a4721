import { databaseProjects } from '@parley/db/testing/projects';
import { onlyInCI } from '@parley/testing';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'server',
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: databaseProjects({
      include: ['tests/**/*.test.ts'],
      // Whole server processes, which open and close the engine. The rest is HTTP.
      onBothEngines: ['tests/{server,shutdown}.test.ts'],
      onBothEnginesInCI: ['tests/{server,shutdown}.test.ts'],
      exclude: onlyInCI('apps/server', [
        'tests/{overload,full-disk,frozen-database,idle-streams,clocks}.postgres.test.ts',
      ]),
    }),
  },
});
