// Adds up vitest's JSON reports in a folder and prints `N passed, N failed, N skipped`, counting each other step that
// failed as one failure. Exits 1 if anything failed, or if nothing ran.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [dir, failedSteps] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
const reports = readdirSync(dir).filter((name) => name.endsWith('.json'));
for (const name of reports) {
  const report = JSON.parse(readFileSync(path.join(dir, name), 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests + report.numTodoTests;
}
counts.failed = Math.max(counts.failed, Number(failedSteps));
if (counts.passed === 0) {
  console.log('No test report was found: the suites did not run.');
  counts.failed = Math.max(counts.failed, 1);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
