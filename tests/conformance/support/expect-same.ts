import { expect, vi } from 'vitest';
import type { KnownDifference } from './known-differences.ts';
import { send, type TestRequest, type TestResponse } from './send.ts';
import type { BothServers, ReportedError } from './serve-both.ts';

const REPORT_MS = 2_000;

export interface ExpectSameOptions {
  /** Shown if the responses differ. */
  title?: string;
  /** Compares an endless response up to this text. */
  untilText?: string;
  except?: readonly KnownDifference['differs'][];
}

/** Sends a request to both servers, expects equal responses and equal calls of `onError`, and returns the response. */
export async function expectSame(
  { stock, ours }: BothServers,
  request: TestRequest,
  { title, untilText, except = [] }: ExpectSameOptions = {},
): Promise<TestResponse> {
  stock.errors.length = 0;
  ours.errors.length = 0;
  const [expected, actual] = await Promise.all([
    send(stock, request, untilText),
    send(ours, request, untilText),
  ]);
  const headers = except.includes('headers') ? expected.headers : actual.headers;
  expect({ ...actual, headers }, title).toEqual(expected);
  if (!except.includes('reports')) {
    // An adapter may report the failure of a stream after its response has ended.
    await vi.waitFor(
      () => expect(ours.errors.filter(isFirstReport), title).toEqual(stock.errors.filter(isFirstReport)),
      { timeout: REPORT_MS, interval: 5 },
    );
  }
  return actual;
}

/** Drops repeated reports: tRPC's own adapter reports a subscription that fails before it starts twice. */
function isFirstReport(error: ReportedError, index: number, errors: readonly ReportedError[]): boolean {
  return error !== errors[index - 1] || !error.includes('"subscription"');
}
