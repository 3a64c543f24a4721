// `npm run test:browser`. Separate from `npm test`, since it needs Chromium and measures times: run nothing beside it.
import { defineConfig } from 'vitest/config';
import { findChromium, HOW_TO_GET_CHROMIUM } from './support/find-chromium.ts';

const hasChromium = findChromium() !== undefined;
if (!hasChromium) {
  // In CI, a suite that did not run has not passed.
  if (process.env['CI'] !== undefined)
    throw new Error(`The browser suite needs Chromium. ${HOW_TO_GET_CHROMIUM}`);
  process.stderr.write(
    `\n*** The whole browser suite is SKIPPED: Chromium is missing. ${HOW_TO_GET_CHROMIUM}\n\n`,
  );
}

export default defineConfig({
  test: {
    globalSetup: hasChromium ? ['support/global-setup.ts'] : [],
    passWithNoTests: !hasChromium,
    testTimeout: 60_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 20_000, interval: 100 } },
    // Each file starts its own server and Chromium, and mostly waits for answers.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'browser',
          include: hasChromium ? ['*.test.ts', '{accessibility,hooks}/*.test.ts'] : [],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser-speed',
          include: hasChromium ? ['speed/*.test.ts'] : [],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
