// Shows one run to one follower, from its cursor to the terminal event: from memory where this instance executes the
// run, from the journal where another one does, and from the saved message where it has ended.
import { findMessage, findRun, type DB, type EndedRunState, type RunRow } from '@parley/db';
import type { Kysely } from 'kysely';
import type { RemoteRuns } from './remote-runs.ts';
import type { RunCursor } from './run-cursor.ts';
import type { RunEvent } from './run-event.ts';
import type { RunLog } from './run-log.ts';
import { terminalEventOfSavedRun } from './run-state.ts';

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
  remoteRuns: RemoteRuns;
}

const forgetText: RunEvent = { type: 'message', data: { content: '', reset: true } };

export async function* followRun(
  options: FollowRunOptions,
  deps: FollowRunDependencies,
): AsyncGenerator<FollowedEvent> {
  const { teamId, chatId, runId, after } = options;
  if (after?.runId === runId && after.seq === 'end') return;

  const log = deps.findLog(runId);
  if (log !== undefined) {
    yield* followLog(log, options);
    return;
  }
  const run = await findRun(deps.db, { teamId, chatId, id: runId });
  if (run === undefined) return;
  const { state } = run;
  if (state !== 'running') {
    yield* showSavedRun({ ...run, state }, options, deps.db);
    return;
  }
  const remote = deps.remoteRuns.follow({ teamId, chatId, runId });
  try {
    await remote.isCopied;
    yield* followLog(remote.log, options);
  } finally {
    remote.release();
  }
}

async function* followLog(
  log: RunLog,
  { runId, after, signal }: FollowRunOptions,
): AsyncGenerator<FollowedEvent> {
  const seen =
    after?.runId === runId && after.seq !== 'end' && after.seq <= log.lastSeq ? after.seq : undefined;
  // A follower that we cannot continue may hold text of its own: it has to drop it before the replay.
  if (after !== undefined && seen === undefined) yield { cursor: { runId, seq: 0 }, event: forgetText };
  for await (const { seq, event } of log.read(seen ?? 0, signal)) yield { cursor: { runId, seq }, event };
}

async function* showSavedRun(
  run: RunRow & { state: EndedRunState },
  { teamId, runId, after }: FollowRunOptions,
  db: Kysely<DB>,
): AsyncGenerator<FollowedEvent> {
  const message = await findMessage(db, { teamId, id: run.assistantMessageId });
  const content = message?.content ?? '';
  // Where a cursor lies in the saved text is not known any more, so a follower with one gets all of it anew.
  const text: RunEvent = {
    type: 'message',
    data: after === undefined ? { content } : { content, reset: true },
  };
  if (content !== '' || after !== undefined) yield { cursor: { runId, seq: 0 }, event: text };
  yield { cursor: { runId, seq: 'end' }, event: terminalEventOfSavedRun(run) };
}
