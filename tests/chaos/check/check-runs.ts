// Runs: each comes to one end, in time, and with the text that had been received.
import type { HistoryEntry } from '../history.ts';
import type { ObservedDatabase, ObservedRun } from './observed-database.ts';
import type { Absence, Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** A run of an instance that is gone has ended after this time, where another one has been up for `STEADY_MS` by then. */
export const MAX_TAKEOVER_MS = 15_000;
/** How long an instance and the database have to have been up before they take over: a few heartbeats. */
export const STEADY_MS = 8_000;
/** How much of what was received a kill may cost. */
export const MAX_LOST_MS = 1_000;
/** After an outage of the database, the journal catches up within this time. */
const CATCH_UP_MS = 3_000;
/** A pause that ends just before its run was taken over. */
const WAKING_MS = 5_000;

export interface RunNumbers {
  /** From an instance's death to the end of its runs. */
  takeoverMs: number[];
  /** How long before a death the first lost character had been sent, for runs that lost any. */
  lostMs: number[];
  /** Runs that lost text which arrived while the database was away: the journal could not have it. */
  lostInOutages: number;
}

export function checkRuns(
  history: readonly HistoryEntry[],
  database: ObservedDatabase,
  timeline: Timeline,
): { violations: Violation[]; numbers: RunNumbers } {
  const numbers: RunNumbers = { takeoverMs: [], lostMs: [], lostInOutages: 0 };
  const violations = [
    ...checkEnds(database),
    ...database.runs.flatMap((run) => checkTakeover(run, timeline, numbers)),
    ...checkTexts(history, database, timeline, numbers),
  ];
  return { violations, numbers };
}

function checkEnds({ runs, transitions, rewrites, terminals }: ObservedDatabase): Violation[] {
  const transitionsOf = Map.groupBy(transitions, ({ runId }) => runId);
  const violations = runs.flatMap(({ id, state }): Violation[] => {
    if (state === 'running')
      return [{ invariant: 'no-terminal-state', details: `run ${id} is still running` }];
    const changes = transitionsOf.get(id) ?? [];
    if (changes.length === 1) return [];
    const path = changes.map(({ from, to }) => `${from} to ${to}`).join(', ');
    return [
      {
        invariant: 'two-terminal-states',
        details: `run ${id} is ${state}, and went from ${path || 'nowhere'}`,
      },
    ];
  });
  for (const { runId, count } of terminals) {
    if (count > 1)
      violations.push({
        invariant: 'two-terminal-states',
        details: `run ${runId} has ${count} terminal events`,
      });
  }
  for (const { messageId } of rewrites) {
    violations.push({ invariant: 'written-after-end', details: `the answer ${messageId} was written again` });
  }
  return violations;
}

function checkTakeover(run: ObservedRun, timeline: Timeline, numbers: RunNumbers): Violation[] {
  const endedAtMs = run.endedAtMs ?? Infinity;
  const absence = timeline.absences.find(
    ({ instanceId, fromMs, toMs }) =>
      instanceId === run.instanceId &&
      fromMs >= run.createdAtMs &&
      fromMs < endedAtMs &&
      // One that came back in time goes on by itself.
      toMs - fromMs > MAX_TAKEOVER_MS,
  );
  if (absence === undefined) return [];
  const tookMs = endedAtMs - absence.fromMs;
  if (endedAtMs < absence.toMs) numbers.takeoverMs.push(tookMs);
  if (endedAtMs <= takeoverDeadline(absence, timeline)) return [];
  return [
    {
      invariant: 'late-terminal-state',
      details: `run ${run.id} ended ${tookMs} ms after its instance was ${absence.kind}`,
    },
  ];
}

/**
 * 15 s, or later where nobody could have done it: when everybody was down, or the database. Where nobody could until the
 * instance woke up, it goes on by itself, for as long as its answer takes.
 */
function takeoverDeadline({ fromMs, toMs }: Absence, timeline: Timeline): number {
  let deadline = fromMs + MAX_TAKEOVER_MS;
  const latest = Math.min(toMs, fromMs + 10 * 60_000);
  const isPossible = (): boolean => timeline.hasSurvivor({ fromMs: deadline - STEADY_MS, toMs: deadline });
  while (deadline < latest && !isPossible()) deadline += 100;
  return toMs === latest && !isPossible() ? Infinity : deadline;
}

function checkTexts(
  history: readonly HistoryEntry[],
  { runs, messages }: ObservedDatabase,
  timeline: Timeline,
  numbers: RunNumbers,
): Violation[] {
  const contents = new Map(messages.map(({ id, content }) => [id, content]));
  const expected = new Map(
    history.flatMap((entry) =>
      entry.type === 'send' && entry.expected !== null ? [[entry.messageId, entry.expected]] : [],
    ),
  );
  // What the agent had sent, and what followers had seen, are both lower bounds of what was received.
  const received = Map.groupBy(
    history.filter((entry) => entry.type === 'agent-text' || entry.type === 'seen'),
    ({ runId }) => runId,
  );

  return runs.flatMap((run): Violation[] => {
    const whole = expected.get(run.userMessageId);
    const saved = contents.get(run.assistantMessageId);
    if (whole === undefined || saved === undefined || run.endedAtMs === null) return [];
    if (run.state === 'succeeded' ? saved !== whole : !whole.startsWith(saved)) {
      const details = `run ${run.id} ${run.state}: saved ${describe(saved)}, and the agent said ${describe(whole)}`;
      return [{ invariant: 'altered-text', details }];
    }
    if (run.state !== 'interrupted') return [];
    const deathMs = deathOf(run, run.endedAtMs, timeline);
    const firstLost = (received.get(run.id) ?? []).find(({ chars }) => chars > saved.length);
    if (firstLost === undefined || firstLost.atMs >= deathMs) return [];
    if (timeline.hasOutage({ fromMs: firstLost.atMs - CATCH_UP_MS, toMs: deathMs })) {
      numbers.lostInOutages += 1;
      return [];
    }
    const lostMs = deathMs - firstLost.atMs;
    numbers.lostMs.push(lostMs);
    if (lostMs <= MAX_LOST_MS) return [];
    const details = `run ${run.id} lost what had been received ${lostMs} ms before its end (${firstLost.type})`;
    return [{ invariant: 'lost-text', details }];
  });
}

/** When a run's writer stopped receiving: where it was gone when the run ended, when it went. */
function deathOf({ instanceId }: ObservedRun, endedAtMs: number, timeline: Timeline): number {
  const absence =
    timeline.findAbsence(instanceId, endedAtMs) ?? timeline.findAbsence(instanceId, endedAtMs - WAKING_MS);
  return absence?.fromMs ?? endedAtMs;
}

function describe(text: string): string {
  return `${text.length} characters ending in ${JSON.stringify(text.slice(-20))}`;
}
