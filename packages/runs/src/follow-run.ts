// Shows one run to one follower, from its cursor to the terminal event: from memory where this instance executes the
// run, otherwise from what is saved.
import { setTimeout as delay } from 'node:timers/promises';
import { findMessage, findRun, type DB, type EndedRunState, type RunRow } from '@parley/db';
import type { Kysely } from 'kysely';
import type { RunCursor } from './run-cursor.ts';
import type { RunEvent } from './run-event.ts';
import type { RunLog } from './run-log.ts';
import { terminalEventOf } from './run-state.ts';

/** An event and the cursor of a follower that has received it. */
export interface FollowedEvent {
  cursor: RunCursor;
  event: RunEvent;
}

export interface FollowRunOptions {
  teamId: string;
  chatId: string;
  runId: string;
  /** What the follower sent as its cursor. Where it is not a place in this run, the run is shown from the beginning. */
  after?: RunCursor | undefined;
  signal?: AbortSignal | undefined;
}

export interface FollowRunDependencies {
  db: Kysely<DB>;
  findLog: (runId: string) => RunLog | undefined;
}

/** How long a run of another instance may have ended before its followers here hear of it. */
const POLL_MS = 500;

const forgetText: RunEvent = { type: 'message', data: { content: '', reset: true } };

export async function* followRun(
  options: FollowRunOptions,
  deps: FollowRunDependencies,
): AsyncGenerator<FollowedEvent> {
  const { runId, after, signal } = options;
  const seen = after?.runId === runId ? after.seq : undefined;
  if (seen === 'end') return;

  const log = deps.findLog(runId);
  if (log === undefined) {
    yield* followSavedRun(options, deps);
    return;
  }
  const canContinue = seen !== undefined && seen <= log.lastSeq;
  // A follower that we cannot continue may hold text of its own: it has to drop it before the replay.
  if (after !== undefined && !canContinue) yield { cursor: { runId, seq: 0 }, event: forgetText };
  for await (const { seq, event } of log.read(canContinue ? seen : 0, signal)) {
    yield { cursor: { runId, seq }, event };
  }
}

async function* followSavedRun(
  { teamId, chatId, runId, after, signal }: FollowRunOptions,
  { db }: FollowRunDependencies,
): AsyncGenerator<FollowedEvent> {
  const run = await untilEnded(() => findRun(db, { teamId, chatId, id: runId }), signal);
  if (run === undefined) return;
  const message = await findMessage(db, { teamId, id: run.assistantMessageId });
  const content = message?.content ?? '';
  // Where a cursor lies in the saved text is not known any more, so a follower with one gets all of it anew.
  const text: RunEvent = {
    type: 'message',
    data: after === undefined ? { content } : { content, reset: true },
  };
  if (content !== '' || after !== undefined) yield { cursor: { runId, seq: 0 }, event: text };
  const error =
    run.errorReason === null
      ? null
      : { reason: run.errorReason, message: run.errorMessage ?? run.errorReason };
  yield {
    cursor: { runId, seq: 'end' },
    event: terminalEventOf({ state: run.state, error }, run.assistantMessageId),
  };
}

type EndedRun = RunRow & { state: EndedRunState };

async function untilEnded(
  find: () => Promise<RunRow | undefined>,
  signal: AbortSignal | undefined,
): Promise<EndedRun | undefined> {
  while (signal?.aborted !== true) {
    const run = await find();
    if (run === undefined) return undefined;
    const { state } = run;
    if (state !== 'running') return { ...run, state };
    await delay(POLL_MS, undefined, { signal: signal ?? new AbortController().signal }).catch(() => {});
  }
  return undefined;
}
