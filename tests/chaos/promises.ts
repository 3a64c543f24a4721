// The promises. Each is one line of the report, with the invariants that belong to it and its measured numbers.
import { MAX_LOST_MS, MAX_TAKEOVER_MS } from './check/check-runs.ts';
import type { CheckResult } from './check/check.ts';
import type { Invariant, Violation } from './check/violation.ts';

export interface ChaosPromise {
  /** Names the violations, of which a good run has none. */
  name: string;
  invariants: readonly Invariant[];
  measured?: (numbers: CheckResult['numbers']) => string;
}

export const promises: readonly ChaosPromise[] = [
  { name: 'acknowledged messages lost', invariants: ['acknowledged-lost'] },
  {
    name: 'duplicate messages, runs, answers',
    invariants: ['duplicate-message', 'duplicate-run', 'duplicate-answer', 'generated-twice'],
  },
  { name: 'different answers to one message id', invariants: ['different-acknowledgements'] },
  { name: 'chats out of order', invariants: ['broken-order'] },
  {
    name: 'runs without exactly one end',
    invariants: ['no-terminal-state', 'two-terminal-states', 'written-after-end'],
  },
  {
    name: 'runs ended too late',
    invariants: ['late-terminal-state'],
    measured: ({ takeoverMs }) => `(limit ${MAX_TAKEOVER_MS / 1000} s; took ${spread(takeoverMs)})`,
  },
  {
    name: `answers that lost over ${MAX_LOST_MS / 1000} s`,
    invariants: ['lost-text', 'lost-parts'],
    measured: ({ lostMs, lostInOutages }) =>
      `(${lostMs.length} runs lost text: ${spread(lostMs)}; while the database was down: ${lostInOutages})`,
  },
  { name: 'answers that the agent did not send', invariants: ['altered-text', 'altered-parts'] },
  {
    name: 'streams that differ from the saved',
    invariants: ['different-text', 'different-parts', 'different-end'],
  },
  {
    name: 'streams that hung',
    invariants: ['hung-stream', 'stream-without-end'],
    measured: ({ terminalDelayMs }) => `(terminal event after ${spread(terminalDelayMs)})`,
  },
  {
    name: 'unclean shutdowns',
    invariants: ['unclean-shutdown'],
    measured: ({ shutdownMs }) => `(took ${spread(shutdownMs)})`,
  },
  { name: 'requests that a restart failed', invariants: ['failed-request'] },
  { name: 'required events that are missing', invariants: ['proves-nothing'] },
];

export function broken(
  violations: readonly Violation[],
  invariants: readonly Invariant[],
): readonly Violation[] {
  return violations.filter(({ invariant }) => invariants.includes(invariant));
}

export function spread(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
}
