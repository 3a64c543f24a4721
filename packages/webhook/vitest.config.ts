import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'webhook',
    include: ['tests/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
