// The one object that the api is given: starts runs, and lets any number of followers see them.
import { newId, type DB } from '@parley/db';
import type { AgentLimits } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { executeRun, type StartedRun } from './execute-run.ts';
import { followRun, type FollowedEvent, type FollowRunOptions, type PresentEvent } from './follow-run.ts';
import { createDatabaseJournal } from './database-journal.ts';
import type { DeferredIterator } from './deferred-iterator.ts';
import { JournalWriter } from './journal-writer.ts';
import { recoverRuns, startRecovery } from './recover-runs.ts';
import { createRemoteRuns } from './remote-runs.ts';
import { RunLog } from './run-log.ts';
import { canceled, interrupted, RunInterruption } from './run-end.ts';
import { stopRun } from './stop-run.ts';

export interface RunsOptions {
  db: Kysely<DB>;
  /** Decrypts an agent's webhook token. */
  openSecret: (encrypted: Uint8Array) => string;
  agentLimits?: Partial<AgentLimits>;
  /** How long a run of a killed instance looks active. */
  leaseMs?: number;
  /** How long the events of an ended run stay in memory, for followers that reconnect. */
  logRetentionMs?: number;
  /** How long the journal of an ended run is kept, for followers on other instances. */
  journalRetentionMs?: number;
  /** Where Postgres tells that other instances' runs have news; without it, they are looked after now and then. */
  listenUrl?: string | undefined;
  /** True where no other process can use this database: what was running when this one started can only be dead. */
  isOnlyInstance?: boolean;
  /** Told of failures that are nobody's answer: of the database, or of Parley itself. */
  onError?: (error: unknown, run?: { runId: string }) => void;
}

export interface Runs {
  /** Goes into the row of every run that this instance starts. */
  readonly instanceId: string;
  readonly leaseMs: number;
  /** Executes a run that has been committed. Returns at once; the run goes on whoever follows it. */
  start(run: StartedRun): void;
  /** The run's events after the cursor, then those to come, until the terminal one. Never throws once it has begun. */
  follow(options: FollowRunOptions): DeferredIterator<FollowedEvent>;
  /** The same, each event as `present` makes it, with nothing in between. */
  follow<Item>(options: FollowRunOptions, present: PresentEvent<Item>): DeferredIterator<Item>;
  /** Stops the chat's active run on whatever instance, keeps what was received, and gives its id. */
  stop(chat: { teamId: string; chatId: string }): Promise<string | undefined>;
  /** Lets active runs go on for `graceMs`, saves the rest as interrupted, and ends the background work. */
  close(options?: { graceMs?: number }): Promise<void>;
}

const DEFAULT_LEASE_MS = 15_000;
const DEFAULT_LOG_RETENTION_MS = 60_000;
const DEFAULT_JOURNAL_RETENTION_MS = 5 * 60_000;

interface ActiveRun {
  ended: Promise<void>;
  /** Ends it from the inside; what was received is saved. */
  interrupt: (end: typeof canceled | typeof interrupted) => void;
  /** Ends it without saving: another instance has. */
  lose: () => void;
}

/** Ends what earlier processes left running, then is ready to start runs. */
export async function createRuns(options: RunsOptions): Promise<Runs> {
  const { db, openSecret, agentLimits = {}, onError = () => {} } = options;
  const { leaseMs = DEFAULT_LEASE_MS, logRetentionMs = DEFAULT_LOG_RETENTION_MS } = options;
  const { journalRetentionMs = DEFAULT_JOURNAL_RETENTION_MS, listenUrl } = options;
  const instanceId = newId();
  const logs = new Map<string, RunLog>();
  const active = new Map<string, ActiveRun>();
  let isClosed = false;

  const journal = createDatabaseJournal({ db, instanceId, listenUrl });
  const journalWriter = new JournalWriter(journal.append, onError);
  const remoteRuns = createRemoteRuns({ db, journal, onError });
  const listener = journal.listen(remoteRuns.wake);
  const recovery = startRecovery({ db, journal, instanceId, leaseMs, journalRetentionMs, active, onError });
  await recoverRuns(db, { all: options.isOnlyInstance === true });

  function start(run: StartedRun): void {
    const { teamId, runId } = run;
    const log = new RunLog(() => journalWriter.touch(runId));
    const controller = new AbortController();
    logs.set(runId, log);
    const interrupt: ActiveRun['interrupt'] = (end) => controller.abort(new RunInterruption(end));
    const lose = (): void => interrupt(interrupted);
    journalWriter.add({ teamId, runId, log, onLost: lose });
    const deps = { db, instanceId, openSecret, agentLimits, journalWriter, onError };
    const ended = executeRun(run, log, controller.signal, deps).then(() => {
      active.delete(runId);
      setTimeout(() => logs.delete(runId), logRetentionMs).unref();
    });
    active.set(runId, { ended, interrupt, lose });
    if (isClosed) interrupt(interrupted);
  }

  async function close({ graceMs = 0 }: { graceMs?: number } = {}): Promise<void> {
    const allEnded = Promise.all([...active.values()].map((run) => run.ended));
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([allEnded, grace.promise]);
    clearTimeout(timer);
    // Runs that were started during the grace period are among those that end now, or at once when they start.
    isClosed = true;
    for (const run of active.values()) run.interrupt(interrupted);
    await Promise.all([...active.values()].map((run) => run.ended));
    await recovery.stop();
    await listener.close();
  }

  function stopHere(runId: string): Promise<void> | undefined {
    const run = active.get(runId);
    run?.interrupt(canceled);
    return run?.ended;
  }

  const followDeps = { db, findLog: (runId: string) => logs.get(runId), remoteRuns };
  function follow(run: FollowRunOptions): DeferredIterator<FollowedEvent>;
  function follow<Item>(run: FollowRunOptions, present: PresentEvent<Item>): DeferredIterator<Item>;
  function follow(run: FollowRunOptions, present: PresentEvent<unknown> = (followed) => followed) {
    return followRun(run, followDeps, present);
  }

  return {
    instanceId,
    leaseMs,
    start,
    follow,
    stop: (chat) => stopRun(chat, { db, stopHere }),
    close,
  };
}
