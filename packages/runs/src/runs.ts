// The one object that the api is given: starts runs, and lets any number of followers see them.
import { forTeam, newId, type DB } from '@parley/db';
import type { AgentLimits, AllowedHosts } from '@parley/webhook';
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
import type { RunsObserver } from './runs-observer.ts';
import { stopRun } from './stop-run.ts';

export interface RunsOptions {
  /** What `open()` gave: the journal, the leases and the recovery are for all teams; what is of one run is done as its team. */
  db: Kysely<DB>;
  /** Decrypts an agent's webhook token. */
  openSecret: (encrypted: Uint8Array) => string;
  agentLimits?: Partial<AgentLimits>;
  /** Hosts of webhooks that may be called although they are not public. */
  allowedHosts?: AllowedHosts;
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
  /** Told what operators want to know: once a run, never once an event. */
  observer?: RunsObserver;
}

export interface Runs {
  /** Goes into the row of every run that this instance starts. */
  readonly instanceId: string;
  readonly leaseMs: number;
  /** How many runs this instance executes now. */
  readonly activeRuns: number;
  /** How far the journal is behind what this instance has received, in milliseconds. */
  readonly journalLagMs: number;
  /**
   * Leave to start one run, to be held from before the run is committed until `start` has been called, or will not be:
   * closing waits for it, so that no committed run is left without its writer. `undefined` once this instance is closing.
   */
  admit(): Disposable | undefined;
  /** Executes a run that has been committed. Returns at once; the run goes on whoever follows it. */
  start(run: StartedRun): void;
  /** The run's events after the cursor, then those to come, until the terminal one. Never throws once it has begun. */
  follow(options: FollowRunOptions): DeferredIterator<FollowedEvent>;
  /** The same, each event as `present` makes it, with nothing in between. */
  follow<Item>(options: FollowRunOptions, present: PresentEvent<Item>): DeferredIterator<Item>;
  /** Stops the chat's active run on whatever instance, keeps what was received, and gives its id. */
  stop(chat: { teamId: string; chatId: string }): Promise<string | undefined>;
  /**
   * Admits no more runs, lets the active ones go on for `graceMs` or until `hurry` aborts, saves the rest as interrupted, and
   * ends the background work.
   */
  close(options?: { graceMs?: number; hurry?: AbortSignal }): Promise<void>;
}

const DEFAULT_LEASE_MS = 10_000;
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
  const { db, openSecret, agentLimits = {}, allowedHosts, onError = () => {}, observer } = options;
  const { leaseMs = DEFAULT_LEASE_MS, logRetentionMs = DEFAULT_LOG_RETENTION_MS } = options;
  const { journalRetentionMs = DEFAULT_JOURNAL_RETENTION_MS, listenUrl } = options;
  const instanceId = newId();
  const logs = new Map<string, RunLog>();
  const active = new Map<string, ActiveRun>();
  const admissions = new Set<Promise<void>>();
  let isClosing = false;
  let isGraceOver = false;

  const journal = createDatabaseJournal({ db, instanceId, listenUrl });
  const journalWriter = new JournalWriter(journal.append, onError, (lagMs) =>
    observer?.journalWritten?.(lagMs),
  );
  const remoteRuns = createRemoteRuns({ db, journal, onError });
  const listener = journal.listen(remoteRuns.wake);
  const recovery = startRecovery({ db, journal, instanceId, leaseMs, journalRetentionMs, active, onError });
  if (options.isOnlyInstance === true) await recoverRuns(db, { all: true });

  function start(run: StartedRun): void {
    const { teamId, runId } = run;
    const log = new RunLog(() => journalWriter.touch(runId));
    const controller = new AbortController();
    logs.set(runId, log);
    const interrupt: ActiveRun['interrupt'] = (end) => controller.abort(new RunInterruption(end));
    const lose = (): void => interrupt(interrupted);
    journalWriter.add({ teamId, runId, log, onLost: lose });
    const deps = {
      db: forTeam(db, teamId),
      instanceId,
      openSecret,
      agentLimits,
      allowedHosts,
      journalWriter,
      onError,
    };
    const startedAt = performance.now();
    const ended = executeRun(run, log, controller.signal, deps).then((end) => {
      active.delete(runId);
      observer?.runEnded?.({
        run,
        end,
        durationMs: performance.now() - startedAt,
        firstTextMs: log.firstTextAt === undefined ? undefined : log.firstTextAt - startedAt,
      });
      setTimeout(() => logs.delete(runId), logRetentionMs).unref();
    });
    active.set(runId, { ended, interrupt, lose });
    if (isGraceOver) interrupt(interrupted);
  }

  function admit(): Disposable | undefined {
    if (isClosing) return undefined;
    const settled = Promise.withResolvers<void>();
    admissions.add(settled.promise);
    return {
      [Symbol.dispose]() {
        admissions.delete(settled.promise);
        settled.resolve();
      },
    };
  }

  async function close({
    graceMs = 0,
    hurry,
  }: { graceMs?: number; hurry?: AbortSignal } = {}): Promise<void> {
    isClosing = true;
    const ended = allEnded();
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    if (hurry?.aborted === true) grace.resolve();
    else hurry?.addEventListener('abort', () => grace.resolve(), { once: true });
    await Promise.race([ended, grace.promise]);
    clearTimeout(timer);
    // A run that was admitted before and starts only now ends at once.
    isGraceOver = true;
    for (const run of active.values()) run.interrupt(interrupted);
    await ended;
    await recovery.stop();
    await listener.close();
  }

  /** Resolves when nothing is active, and nothing that was admitted can become so. */
  async function allEnded(): Promise<void> {
    while (admissions.size > 0 || active.size > 0) {
      await Promise.all([...admissions, ...Array.from(active.values(), (run) => run.ended)]);
    }
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
    get activeRuns() {
      return active.size;
    },
    get journalLagMs() {
      return journalWriter.lagMs;
    },
    admit,
    start,
    follow,
    stop: (chat) => stopRun(chat, { db: forTeam(db, chat.teamId), stopHere }),
    close,
  };
}
