import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'conformance',
    include: ['conformance/**/*.test.ts'],
    testTimeout: 20_000,
    // EventSource as Node has it, besides the ponyfill.
    execArgv: ['--experimental-eventsource'],
  },
});
