// Checks that every run ends exactly once, in time, and with the text that was received.
import type { HistoryEntry } from '../history.ts';
import type { ObservedDatabase, ObservedRun } from './observed-database.ts';
import type { Absence, Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** A run of a dead instance must end within this time, if another instance has been up for `STEADY_MS` by then. */
export const MAX_TAKEOVER_MS = 15_000;
/** The time that an instance and the database must be up before the instance takes over runs: a few heartbeats. */
export const STEADY_MS = 8_000;
/** A kill may cost the text of this last period. */
export const MAX_LOST_MS = 1_000;
/** The journal catches up within this time after an outage of the database. */
const CATCH_UP_MS = 3_000;
/** A pause still counts for a run that ends within this time after it. */
const WAKING_MS = 5_000;

export interface RunNumbers {
  /** The time from an instance's death to the end of each of its runs. */
  takeoverMs: number[];
  /** For runs that lost text: the time from the sending of the first lost character to the death. */
  lostMs: number[];
  /** The number of runs that lost text from an outage of the database, when the journal could not store it. */
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
        details: `run ${id} is ${state}; its transitions: ${path || 'none'}`,
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
    violations.push({
      invariant: 'written-after-end',
      details: `answer ${messageId} was written after its end`,
    });
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
      // An instance that resumes in time continues its runs.
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
 * 15 s, or later if a takeover was impossible, because every instance or the database was down. If it was impossible until the
 * instance resumed, the instance continues the run, for as long as the answer takes.
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
  // The text that the agent sent and the text that followers saw are both lower bounds of the received text.
  const received = Map.groupBy(
    history.filter((entry) => entry.type === 'agent-text' || entry.type === 'seen'),
    ({ runId }) => runId,
  );

  return runs.flatMap((run): Violation[] => {
    const whole = expected.get(run.userMessageId);
    const saved = contents.get(run.assistantMessageId);
    if (whole === undefined || saved === undefined || run.endedAtMs === null) return [];
    if (run.state === 'succeeded' ? saved !== whole : !whole.startsWith(saved)) {
      const details = `run ${run.id} ${run.state}: saved ${describe(saved)}, but the agent sent ${describe(whole)}`;
      return [{ invariant: 'altered-text', details }];
    }
    if (run.state !== 'interrupted') return [];
    // An overloaded instance lets its agents wait, so that sent text is not received text.
    const { createdAtMs: fromMs, endedAtMs: toMs } = run;
    const isOverloaded = timeline.wasOverloaded(run.instanceId, { fromMs, toMs });
    const firstLost = (received.get(run.id) ?? []).find(
      ({ type, chars }) => chars > saved.length && (type === 'seen' || !isOverloaded),
    );
    if (firstLost === undefined) return [];
    const { lostMs, isInOutage } = lossOf(run, firstLost.atMs, timeline);
    if (isInOutage) numbers.lostInOutages += 1;
    else if (lostMs > 0) numbers.lostMs.push(lostMs);
    if (isInOutage || lostMs <= MAX_LOST_MS) return [];
    const details = `run ${run.id} lost text that was received ${lostMs} ms before its end (${firstLost.type})`;
    return [{ invariant: 'lost-text', details }];
  });
}

/** How long before the death of its writer a run received what it lost, and whether the database was unavailable then. */
export function lossOf(
  run: ObservedRun,
  receivedAtMs: number,
  timeline: Timeline,
): { lostMs: number; isInOutage: boolean } {
  const deathMs = deathOf(run, run.endedAtMs ?? Infinity, timeline);
  const lostMs = Math.max(0, deathMs - receivedAtMs);
  const isInOutage = lostMs > 0 && timeline.hasOutage({ fromMs: receivedAtMs - CATCH_UP_MS, toMs: deathMs });
  return { lostMs, isInOutage };
}

/** The time at which a run's writer stopped receiving: the start of its absence, or else the end of the run. */
function deathOf({ instanceId }: ObservedRun, endedAtMs: number, timeline: Timeline): number {
  const absence =
    timeline.findAbsence(instanceId, endedAtMs) ?? timeline.findAbsence(instanceId, endedAtMs - WAKING_MS);
  return absence?.fromMs ?? endedAtMs;
}

function describe(text: string): string {
  return `${text.length} characters ending in ${JSON.stringify(text.slice(-20))}`;
}
