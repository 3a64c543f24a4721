// `npm run test:deploy`: Parley behind the servers that operators put in front of it. Separate from `npm test`, since it
// needs programs that npm does not have.
import { defineConfig } from 'vitest/config';
import { findMissingPrograms } from './support/programs.ts';

const missing = findMissingPrograms();
if (missing.length > 0) {
  const message = `The deploy suite needs ${missing.join(', ')}. On Debian: apt-get install ${missing.join(' ')}`;
  // In CI, a suite that did not run has not passed.
  if (process.env['CI'] !== undefined) throw new Error(message);
  process.stderr.write(`\n*** Tests without their program are SKIPPED. ${message}\n\n`);
}

export default defineConfig({
  test: {
    name: 'deploy',
    include: ['*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file starts several server processes.
    maxWorkers: 1,
  },
});
