// The outcome in numbers, for a person and for a log.
import { MAX_LOST_MS, MAX_TAKEOVER_MS } from './check/check-runs.ts';
import type { CheckResult } from './check/check.ts';
import type { Invariant } from './check/violation.ts';
import { boundaries } from './clients/boundary.ts';
import type { ObservedDatabase } from './check/observed-database.ts';
import type { HistoryEntry } from './history.ts';

const MAX_SHOWN = 20;

export function report(
  history: readonly HistoryEntry[],
  database: ObservedDatabase,
  { violations, numbers }: CheckResult,
): string {
  const count = (type: HistoryEntry['type']): number => history.filter((entry) => entry.type === type).length;
  const cuts = Map.groupBy(
    history.filter((entry) => entry.type === 'cut'),
    ({ boundary }) => boundary,
  );
  const states = Map.groupBy(database.runs, ({ state }) => state);
  const broken = (...invariants: Invariant[]): number =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;

  return [
    'What was done',
    `  kills (SIGKILL)                     ${count('kill')}`,
    `  orderly ends (SIGTERM)              ${count('term')}`,
    `  pauses (SIGSTOP, SIGCONT)           ${count('pause')}`,
    `  Postgres restarts                   ${count('database-down')}`,
    `  cuts of all database connections    ${count('database-cut')}`,
    `  cuts of all client connections      ${count('network-cut')}`,
    `  cuts of one client connection       ${count('cut')}`,
    ...boundaries.map((boundary) => `    ${boundary.padEnd(33)} ${cuts.get(boundary)?.length ?? 0}`),
    'What was said meanwhile',
    `  messages sent                       ${count('send')}`,
    `  acknowledgements                    ${count('send-ack')}`,
    `  messages that were not accepted     ${count('send-failed')}`,
    `  answers followed to their end       ${count('followed')}`,
    `  streams given up with an error      ${count('follow-failed')}`,
    `  runs                                ${database.runs.length} (${[...states].map(([state, runs]) => `${state} ${runs.length}`).join(', ')})`,
    'What was kept',
    `  acknowledged messages lost          ${broken('acknowledged-lost')}`,
    `  messages, runs, answers twice       ${broken('duplicate-message', 'duplicate-run', 'duplicate-answer', 'generated-twice')}`,
    `  different answers to one message id ${broken('different-acknowledgements')}`,
    `  chats out of order                  ${broken('broken-order')}`,
    `  runs without exactly one end        ${broken('no-terminal-state', 'two-terminal-states', 'written-after-end')}`,
    `  runs ended too late                 ${broken('late-terminal-state')} (limit ${MAX_TAKEOVER_MS / 1000} s; took ${spread(numbers.takeoverMs)})`,
    `  runs that lost more than ${MAX_LOST_MS / 1000} s        ${broken('lost-text')} (of ${numbers.lostMs.length} that lost any: ${spread(numbers.lostMs)}; with the database away: ${numbers.lostInOutages})`,
    `  texts other than the agent's        ${broken('altered-text')}`,
    `  texts other than the saved ones     ${broken('different-text', 'different-end')}`,
    `  streams that hung                   ${broken('hung-stream', 'stream-without-end')} (terminal event after ${spread(numbers.terminalDelayMs)})`,
    `  orderly ends that were not          ${broken('unclean-shutdown')} (took ${spread(numbers.shutdownMs)})`,
    `  requests failed for a restart       ${broken('failed-request')}`,
    ...violations.slice(0, MAX_SHOWN).map(({ invariant, details }) => `VIOLATION ${invariant}: ${details}`),
    violations.length > MAX_SHOWN ? `... and ${violations.length - MAX_SHOWN} more` : '',
    `${violations.length === 0 ? 'PASSED' : 'FAILED'}: ${violations.length} violations`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`;
}
