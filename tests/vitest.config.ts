import { onlyInCI } from '@parley/testing';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['conformance/**/*.test.ts'],
          // EventSource as Node has it, besides the ponyfill.
          execArgv: ['--experimental-eventsource'],
        },
      },
      { extends: true, test: { name: 'docs', include: ['docs/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'killed-runs',
          include: ['killed-runs/*.test.ts'],
          exclude: onlyInCI('tests', ['killed-runs/*.test.ts']),
          testTimeout: 90_000,
        },
      },
      // The checker and the clients of chaos runs. `npm run test:chaos` does the runs themselves.
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['chaos/**/*.test.ts'],
          exclude: onlyInCI('tests', ['chaos/{rolling-restart,cuts}.test.ts']),
        },
      },
    ],
  },
});
