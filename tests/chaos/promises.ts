// The promises, a line each: what breaks them, and what was measured besides.
import { MAX_LOST_MS, MAX_TAKEOVER_MS } from './check/check-runs.ts';
import type { CheckResult } from './check/check.ts';
import type { Invariant, Violation } from './check/violation.ts';

export interface ChaosPromise {
  /** What there should be none of. */
  name: string;
  invariants: readonly Invariant[];
  measured?: (numbers: CheckResult['numbers']) => string;
}

export const promises: readonly ChaosPromise[] = [
  { name: 'acknowledged messages lost', invariants: ['acknowledged-lost'] },
  {
    name: 'messages, runs, answers twice',
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
    name: `runs that lost more than ${MAX_LOST_MS / 1000} s`,
    invariants: ['lost-text'],
    measured: ({ lostMs, lostInOutages }) =>
      `(of ${lostMs.length} that lost any: ${spread(lostMs)}; with the database away: ${lostInOutages})`,
  },
  { name: "texts other than the agent's", invariants: ['altered-text'] },
  { name: 'texts other than the saved ones', invariants: ['different-text', 'different-end'] },
  {
    name: 'streams that hung',
    invariants: ['hung-stream', 'stream-without-end'],
    measured: ({ terminalDelayMs }) => `(terminal event after ${spread(terminalDelayMs)})`,
  },
  {
    name: 'orderly ends that were not',
    invariants: ['unclean-shutdown'],
    measured: ({ shutdownMs }) => `(took ${spread(shutdownMs)})`,
  },
  { name: 'requests failed for a restart', invariants: ['failed-request'] },
  { name: 'things that had to happen and did not', invariants: ['proves-nothing'] },
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
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`;
}
