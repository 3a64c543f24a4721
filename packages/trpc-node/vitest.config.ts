import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'trpc-node',
    isolate: false,
    include: ['tests/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
