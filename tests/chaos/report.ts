// Formats the outcome of a run for the terminal and for logs.
import { boundaries } from './clients/boundary.ts';
import type { HistoryEntry } from './history.ts';
import { broken, promises } from './promises.ts';
import type { ChaosOutcome } from './run-chaos.ts';

const MAX_SHOWN = 20;

export function report({ history, database, result: { violations, numbers } }: ChaosOutcome): string {
  const count = (type: HistoryEntry['type']): number => history.filter((entry) => entry.type === type).length;
  const outages = (how: string): number =>
    history.filter((entry) => entry.type === 'database-down' && entry.how === how).length;
  const cuts = Map.groupBy(
    history.filter((entry) => entry.type === 'cut'),
    ({ boundary }) => boundary,
  );
  const states = Map.groupBy(database.runs, ({ state }) => state);

  return [
    'Faults',
    `  kills (SIGKILL)                     ${count('kill')}`,
    `  graceful shutdowns (SIGTERM)        ${count('term')}`,
    `  pauses (SIGSTOP, SIGCONT)           ${count('pause')}`,
    `  Postgres restarts                   ${outages('restarted')}`,
    `  Postgres' disk full                 ${outages('full')}`,
    `  Postgres frozen (SIGSTOP, SIGCONT)  ${outages('frozen')}`,
    `  overloads of an instance            ${count('overload')}`,
    `  cuts of all database connections    ${count('database-cut')}`,
    `  cuts of all client connections      ${count('network-cut')}`,
    `  cuts of one client connection       ${count('cut')}`,
    ...boundaries.map((boundary) => `    ${boundary.padEnd(33)} ${cuts.get(boundary)?.length ?? 0}`),
    'Load',
    `  messages sent                       ${count('send')}`,
    `  acknowledgements                    ${count('send-ack')}`,
    `  messages not accepted               ${count('send-failed')}`,
    `  answers followed to the end         ${count('followed')}`,
    `  answers ended as OVERLOADED         ${database.runs.filter(({ errorReason }) => errorReason === 'OVERLOADED').length}`,
    `  streams that failed                 ${count('follow-failed')}`,
    `  runs                                ${database.runs.length} (${[...states].map(([state, runs]) => `${state} ${runs.length}`).join(', ')})`,
    'Broken promises',
    ...promises.map(({ name, invariants, measured }) =>
      `  ${name.padEnd(35)} ${broken(violations, invariants).length} ${measured?.(numbers) ?? ''}`.trimEnd(),
    ),
    ...violations.slice(0, MAX_SHOWN).map(({ invariant, details }) => `VIOLATION ${invariant}: ${details}`),
    violations.length > MAX_SHOWN ? `... and ${violations.length - MAX_SHOWN} more` : '',
    `${violations.length === 0 ? 'PASSED' : 'FAILED'}: ${violations.length} violations`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
