// Writes the outcome of a run in the format of vitest's JSON reports, with each promise as a test.
import type { CheckResult } from './check/check.ts';
import { broken, promises } from './promises.ts';

export interface TestReport {
  success: boolean;
  numTotalTests: number;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: 'passed' | 'failed';
    assertionResults: { title: string; status: 'passed' | 'failed'; failureMessages: string[] }[];
  }[];
}

/** @param result undefined if the run failed, in which case every promise counts as broken */
export function makeTestReport(name: string, result: CheckResult | undefined): TestReport {
  const assertionResults = promises.map(({ name: what, invariants }) => {
    const failureMessages =
      result === undefined
        ? ['the run failed']
        : broken(result.violations, invariants).map(({ invariant, details }) => `${invariant}: ${details}`);
    const status = failureMessages.length === 0 ? ('passed' as const) : ('failed' as const);
    return { title: `chaos: no ${what}`, status, failureMessages };
  });
  const failed = assertionResults.filter(({ status }) => status === 'failed').length;
  return {
    success: failed === 0,
    numTotalTests: assertionResults.length,
    numPassedTests: assertionResults.length - failed,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ name, status: failed === 0 ? 'passed' : 'failed', assertionResults }],
  };
}
