// Streams one run to one follower, from its cursor to the terminal event. The events come from memory if this instance
// executes the run, from the journal if another one does or the run has ended, and from the saved message if the journal no
// longer has them.
import { forTeam, messages, runs, type DB, type EndedRunState, type RunRow } from '@parley/db';
import type { Kysely } from 'kysely';
import { DeferredIterator } from './deferred-iterator.ts';
import { RemoteReader } from './remote-reader.ts';
import type { RemoteRuns } from './remote-runs.ts';
import type { RunCursor } from './run-cursor.ts';
import { restOfJournal } from './rest-of-journal.ts';
import { terminalEventOfSavedRun } from './run-end.ts';
import { isTerminal, type RunEvent, type RunLogEntry } from './run-event.ts';
import type { RunLog } from './run-log.ts';
import type { RunLogReader } from './run-log-reader.ts';
import { isEnded } from './run-state.ts';
import { savedParts } from './saved-parts.ts';

/** An event and the cursor of a follower that has received it. */
export interface FollowedEvent {
  cursor: RunCursor;
  event: RunEvent;
}

export interface FollowRunOptions {
  teamId: string;
  chatId: string;
  runId: string;
  /** The follower's cursor. A cursor that is no position in this run starts the stream from the beginning. */
  after?: RunCursor | undefined;
  /** Ends the stream on abort. It then fails with the signal's reason, unless that is an AbortError. */
  signal?: AbortSignal | undefined;
  /** Called when the stream has ended or was closed, possibly more than once. */
  onClose?: () => void;
}

export interface FollowRunDependencies {
  db: Kysely<DB>;
  findLog: (runId: string) => RunLog | undefined;
  remoteRuns: RemoteRuns;
}

/** Converts an event for the follower; undefined skips it. Runs for every token, so it must be cheap. */
export type PresentEvent<Item> = (followed: FollowedEvent) => Item | undefined;

const forgetAnswer: RunEvent = { type: 'message', data: { content: '', reset: true, parts: [] } };

export function followRun<Item>(
  options: FollowRunOptions,
  deps: FollowRunDependencies,
  present: PresentEvent<Item>,
): DeferredIterator<Item> {
  return new DeferredIterator(async () => {
    try {
      return await openRun(options, deps, present);
    } catch (error) {
      options.onClose?.();
      throw error;
    }
  }, options.onClose);
}

async function openRun<Item>(
  options: FollowRunOptions,
  deps: FollowRunDependencies,
  present: PresentEvent<Item>,
): Promise<AsyncIterator<Item, undefined>> {
  const { teamId, chatId, runId, after } = options;
  if (after?.runId === runId && after.seq === 'end') return each([], options);

  const log = deps.findLog(runId);
  if (log !== undefined) return followLog(log, options, present);

  const db = forTeam(deps.db, teamId);
  const run = await runs.find(db, { teamId, chatId, id: runId });
  if (run === undefined) return each([], options);
  const { state } = run;
  if (isEnded(state)) {
    const rest = await restOfRun(options, deps.db);
    if (rest !== undefined) return followLog(rest, options, present);
    const shown = await showSavedRun({ ...run, state }, options, db);
    return each(
      shown.map(present).filter((item) => item !== undefined),
      options,
    );
  }

  const copy = deps.remoteRuns.follow({ teamId, chatId, runId });
  await copy.isCopied;
  await hasCaughtUp(copy.log, options);
  return new RemoteReader(followLog(copy.log, options, present, copy.release), (afterSeq) => {
    const next = deps.remoteRuns.follow({ teamId, chatId, runId }, afterSeq);
    return followLogAfter(afterSeq, next.log, options, present, next.release);
  });
}

/** Longer than events take to reach the journal, unless the database is slow. A follower with a forged cursor waits as long. */
const CATCH_UP_MS = 1_000;

/**
 * Followers on the writer's instance receive events a moment before the journal does. Resolves once the copy has the
 * follower's position, so that a follower who changes the instance at once is not sent everything again.
 */
function hasCaughtUp(log: RunLog, { runId, after, signal }: FollowRunOptions): Promise<void> {
  const isBehind = (): boolean =>
    after?.runId === runId && typeof after.seq === 'number' && after.seq > log.lastSeq && !log.isEnded;
  if (!isBehind() || signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      log.deleteReader(reader);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const reader = { wake: () => (isBehind() ? undefined : done()) };
    const timer = setTimeout(done, CATCH_UP_MS);
    log.addReader(reader);
    signal?.addEventListener('abort', done);
  });
}

function followLog<Item>(
  log: RunLog,
  options: FollowRunOptions,
  present: PresentEvent<Item>,
  release?: () => void,
): RunLogReader<Item> {
  const { runId, after } = options;
  const seen = placeIn(log, runId, after);
  // The follower may hold text and parts that do not match the log: it drops them before the replay.
  const startWith = after !== undefined && seen === undefined ? { seq: 0, event: forgetAnswer } : undefined;
  return followLogAfter(seen ?? 0, log, options, present, release, startWith);
}

function followLogAfter<Item>(
  afterSeq: number,
  log: RunLog,
  { runId, signal, onClose }: FollowRunOptions,
  present: PresentEvent<Item>,
  release?: () => void,
  startWith?: RunLogEntry,
): RunLogReader<Item> {
  return log.read({
    afterSeq,
    startWith,
    // The cursor of the terminal event is `end`, because a seq may not exist in another instance's copy.
    present: ({ seq, event }) => present({ cursor: { runId, seq: isTerminal(event) ? 'end' : seq }, event }),
    signal,
    onClose() {
      release?.();
      // The stream goes on in another copy.
      if (!log.isCut) onClose?.();
    },
  });
}

/** An `end` cursor is explicit; a bare number may exceed this copy's count. */
function placeIn(log: RunLog, runId: string, after: RunCursor | undefined): number | undefined {
  if (after?.runId !== runId) return undefined;
  const lastPlace = log.isEnded ? log.lastSeq - 1 : log.lastSeq;
  // The saved text is the whole answer: another instance has sent it.
  if (after.seq === 'saved') return log.isEnded ? lastPlace : undefined;
  return typeof after.seq === 'number' && after.seq <= lastPlace ? after.seq : undefined;
}

/** What an ended run has after the follower's cursor; undefined if only the saved answer can tell. */
async function restOfRun(
  { teamId, runId, after }: FollowRunOptions,
  db: Kysely<DB>,
): Promise<RunLog | undefined> {
  if (after?.runId !== runId || typeof after.seq !== 'number') return undefined;
  return restOfJournal(db, { teamId, runId }, after.seq);
}

async function showSavedRun(
  run: RunRow & { state: EndedRunState },
  { teamId, runId, after }: FollowRunOptions,
  db: Kysely<DB>,
): Promise<FollowedEvent[]> {
  const terminal: FollowedEvent = { cursor: { runId, seq: 'end' }, event: terminalEventOfSavedRun(run) };
  if (after?.runId === runId && after.seq === 'saved') return [terminal];
  const message = await messages.find(db, { teamId, id: run.assistantMessageId });
  const content = message?.content ?? '';
  const parts = savedParts(message);
  if (content === '' && parts.length === 0 && after === undefined) return [terminal];
  // The saved answer has no event positions, so a follower with a cursor gets the whole answer again.
  const isText = after === undefined && parts.length === 0;
  const answer: RunEvent = {
    type: 'message',
    data: isText ? { content } : { content, reset: true, parts },
  };
  return [{ cursor: { runId, seq: 'saved' }, event: answer }, terminal];
}

/** Reports the stream as closed before it yields: items in memory hold no resources. */
async function* each<Item>(items: Item[], { onClose }: FollowRunOptions): AsyncGenerator<Item, undefined> {
  onClose?.();
  yield* items;
}
