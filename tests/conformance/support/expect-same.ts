import { expect } from 'vitest';
import type { KnownDifference } from './known-differences.ts';
import { send, type TestAnswer, type TestRequest } from './send.ts';
import type { BothServers, ReportedError } from './serve-both.ts';

export interface ExpectSameOptions {
  /** Shown where they differ. */
  title?: string;
  /** Where the answer has no end: it is compared up to the piece with this text in it. */
  untilText?: string;
  except?: readonly KnownDifference['differs'][];
}

/** Sends a request to both servers, expects one answer and the same reports to `onError`, and gives the answer. */
export async function expectSame(
  { stock, ours }: BothServers,
  request: TestRequest,
  { title, untilText, except = [] }: ExpectSameOptions = {},
): Promise<TestAnswer> {
  stock.errors.length = 0;
  ours.errors.length = 0;
  const [expected, actual] = await Promise.all([
    send(stock, request, untilText),
    send(ours, request, untilText),
  ]);
  const headers = except.includes('headers') ? expected.headers : actual.headers;
  expect({ ...actual, headers }, title).toEqual(expected);
  if (!except.includes('reports')) {
    expect(ours.errors.filter(isFirstReport), title).toEqual(stock.errors.filter(isFirstReport));
  }
  return actual;
}

/** tRPC's own adapter reports the failure of a subscription that could not begin twice. */
function isFirstReport(error: ReportedError, index: number, errors: readonly ReportedError[]): boolean {
  return error !== errors[index - 1] || !error.includes('"subscription"');
}
