// The public object of this package: starts runs, and lets any number of followers read them.
import { forTeam, newId, type DB } from '@parley/db';
import type { AgentLimits, AllowedHosts } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { executeRun, type StartedRun } from './execute-run.ts';
import { followRun, type FollowedEvent, type FollowRunOptions, type PresentEvent } from './follow-run.ts';
import { createDatabaseJournal } from './database-journal.ts';
import type { DeferredIterator } from './deferred-iterator.ts';
import { JournalWriter } from './journal-writer.ts';
import { LogBudget } from './log-budget.ts';
import { createMemory } from './memory.ts';
import { recoverRuns, startRecovery } from './recover-runs.ts';
import { createRemoteRuns } from './remote-runs.ts';
import { RunLog } from './run-log.ts';
import { canceled, interrupted, overloaded, RunInterruption } from './run-end.ts';
import type { RunsObserver } from './runs-observer.ts';
import { stopRun } from './stop-run.ts';

export interface RunsOptions {
  /**
   * The system handle from `open()`, for the journal, the leases and the recovery of all teams. Work on one run uses
   * `forTeam`.
   */
  db: Kysely<DB>;
  /** The same with a time limit, for work that a caller waits for: opening a stream, stopping a run. Default: `db`. */
  callDb?: Kysely<DB>;
  /** Decrypts an agent's webhook token. */
  openSecret: (encrypted: Uint8Array) => string;
  agentLimits?: Partial<AgentLimits>;
  /** Webhook hosts that may be called although their addresses are not public. */
  allowedHosts?: AllowedHosts;
  /** How long the run of a killed instance still looks active. */
  leaseMs?: number;
  /** How long the events of an ended run stay in memory, for followers that reconnect. */
  logRetentionMs?: number;
  /** The memory of the logs of all runs, in bytes. Default: a share of this process's heap. */
  maxLogBytes?: number;
  /** How long the journal of an ended run is kept, for followers on other instances. */
  journalRetentionMs?: number;
  /** URL of the Postgres server to LISTEN on for events of other instances. Without it, this instance polls. */
  listenUrl?: string | undefined;
  /** Called once if the server at `listenUrl` sends no notifications. This instance then polls. */
  onDeaf?: () => void;
  /** True if no other process can use this database: every run that is still active at the start is then dead. */
  isOnlyInstance?: boolean;
  /** The active runs of one team on this instance, so that one team cannot starve the others. */
  maxRunsPerTeam?: number;
  /** Internal errors that are not the result of a run, such as a lost database connection. */
  onError?: (error: unknown, run?: { runId: string }) => void;
  /** Hooks for metrics and logs. */
  observer?: RunsObserver;
}

/** Why a run may not start: this instance is closing, its memory is nearly full, or the team has too many active runs. */
export type Refusal = 'closing' | 'overloaded' | 'team-busy';

export interface Admission extends Disposable {
  /** Undefined if the run may start. */
  readonly refusal: Refusal | undefined;
}

export interface Runs {
  /** Stored with every run that this instance starts. */
  readonly instanceId: string;
  readonly leaseMs: number;
  /** Apply to the answers of agents without limits of their own. */
  readonly agentLimits: Partial<AgentLimits>;
  /** The number of runs that this instance is executing. */
  readonly activeRuns: number;
  /** The age of the oldest event that is not in the journal, in milliseconds. */
  readonly journalLagMs: number;
  /**
   * Permission to start one run. Hold it from before the commit of the run until `start` has been called or the run is
   * given up: `close` waits for it, so that no committed run is left without a writer.
   */
  admit(teamId: string): Admission;
  /** Whether this instance refuses new runs because its memory is nearly full. */
  readonly isOverloaded: boolean;
  /** Executes a committed run in the background, whether or not it has followers. */
  start(run: StartedRun): void;
  /**
   * Yields the run's events after the cursor and then new ones, until the terminal event. Never throws after the first
   * event.
   */
  follow(options: FollowRunOptions): DeferredIterator<FollowedEvent>;
  /** The same, with each event converted by `present`. */
  follow<Item>(options: FollowRunOptions, present: PresentEvent<Item>): DeferredIterator<Item>;
  /** Stops the chat's active run on any instance, keeps the text received so far, and returns the run's id. */
  stop(chat: { teamId: string; chatId: string }): Promise<string | undefined>;
  /**
   * Admits no more runs and lets the active ones continue for `graceMs` or until `hurry` aborts. Then saves the rest as
   * interrupted and stops the background work.
   */
  close(options?: { graceMs?: number; hurry?: AbortSignal }): Promise<void>;
}

const DEFAULT_LEASE_MS = 10_000;
const DEFAULT_LOG_RETENTION_MS = 60_000;
const DEFAULT_JOURNAL_RETENTION_MS = 5 * 60_000;
const DEFAULT_MAX_RUNS_PER_TEAM = 100;

interface ActiveRun {
  ended: Promise<void>;
  /** Ends the run here, and saves the text received so far. */
  interrupt: (end: typeof canceled | typeof interrupted | typeof overloaded) => void;
  /** Ends the run here without saving, because another instance has ended it. */
  lose: () => void;
}

/** With `isOnlyInstance`, first ends the runs that an earlier process left active. */
export async function createRuns(options: RunsOptions): Promise<Runs> {
  const {
    db,
    callDb = db,
    openSecret,
    agentLimits = {},
    allowedHosts,
    onError = () => {},
    observer,
  } = options;
  const { leaseMs = DEFAULT_LEASE_MS, logRetentionMs = DEFAULT_LOG_RETENTION_MS } = options;
  const { maxRunsPerTeam = DEFAULT_MAX_RUNS_PER_TEAM } = options;
  const { journalRetentionMs = DEFAULT_JOURNAL_RETENTION_MS, listenUrl } = options;
  const instanceId = newId();
  const logs = new Map<string, RunLog>();
  const active = new Map<string, ActiveRun>();
  const admissions = new Set<Promise<void>>();
  const runsOfTeam = new Map<string, number>();
  const memory = createMemory();
  const budget = new LogBudget(options.maxLogBytes ?? memory.maxLogBytes, () => reportOverload(true));
  let wasOverloaded = false;
  let isClosing = false;
  let isGraceOver = false;

  const journal = createDatabaseJournal({ db, instanceId, listenUrl, onDeaf: options.onDeaf });
  const journalWriter = new JournalWriter(journal.append, onError, (lagMs) =>
    observer?.journalWritten?.(lagMs),
  );
  const remoteRuns = createRemoteRuns({ db, journal, budget, onError });
  const listener = journal.listen(remoteRuns.wake);
  const recovery = startRecovery({ db, journal, instanceId, leaseMs, journalRetentionMs, active, onError });
  if (options.isOnlyInstance === true) await recoverRuns(db, { all: true });

  function start(run: StartedRun): void {
    const { teamId, runId } = run;
    const share = budget.addRun(() => interrupt(overloaded));
    const log = new RunLog({
      onAppend(bytes) {
        journalWriter.touch(runId);
        share.count(bytes);
      },
    });
    const controller = new AbortController();
    count(teamId, 1);
    logs.set(runId, log);
    const interrupt: ActiveRun['interrupt'] = (end) => controller.abort(new RunInterruption(end));
    const lose = (): void => interrupt(interrupted);
    journalWriter.add({ teamId, runId, log, onLost: lose });
    const deps = {
      budget,
      share,
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
      count(teamId, -1);
      observer?.runEnded?.({
        run,
        end,
        durationMs: performance.now() - startedAt,
        firstTextMs: log.firstTextAt === undefined ? undefined : log.firstTextAt - startedAt,
      });
      // Later followers read the journal, or the saved answer.
      const forget = (): void => void logs.delete(runId);
      share.ended(forget);
      setTimeout(() => {
        forget();
        share.release();
      }, logRetentionMs).unref();
    });
    active.set(runId, { ended, interrupt, lose });
    if (isGraceOver) interrupt(interrupted);
  }

  function count(teamId: string, change: 1 | -1): void {
    const runs = (runsOfTeam.get(teamId) ?? 0) + change;
    if (runs === 0) runsOfTeam.delete(teamId);
    else runsOfTeam.set(teamId, runs);
  }

  function isOverloaded(): boolean {
    const isFull = memory.isFull() || budget.isShort;
    reportOverload(isFull);
    return isFull;
  }

  function reportOverload(isFull: boolean): void {
    if (isFull !== wasOverloaded) observer?.overloadChanged?.(isFull);
    wasOverloaded = isFull;
  }

  function refusalOf(teamId: string): Refusal | undefined {
    if (isClosing) return 'closing';
    if (isOverloaded()) return 'overloaded';
    return (runsOfTeam.get(teamId) ?? 0) >= maxRunsPerTeam ? 'team-busy' : undefined;
  }

  function admit(teamId: string): Admission {
    const refusal = refusalOf(teamId);
    if (refusal !== undefined) return { refusal, [Symbol.dispose]() {} };
    const settled = Promise.withResolvers<void>();
    admissions.add(settled.promise);
    count(teamId, 1);
    return {
      refusal,
      [Symbol.dispose]() {
        count(teamId, -1);
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
    // A run that was admitted earlier and starts only now is interrupted at once.
    isGraceOver = true;
    for (const run of active.values()) run.interrupt(interrupted);
    await ended;
    await recovery.stop();
    await listener.close();
  }

  /** Resolves when no run is active and no admitted run can still start. */
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

  const followDeps = { db: callDb, findLog: (runId: string) => logs.get(runId), remoteRuns };
  function follow(run: FollowRunOptions): DeferredIterator<FollowedEvent>;
  function follow<Item>(run: FollowRunOptions, present: PresentEvent<Item>): DeferredIterator<Item>;
  function follow(run: FollowRunOptions, present: PresentEvent<unknown> = (followed) => followed) {
    return followRun(run, followDeps, present);
  }

  return {
    instanceId,
    leaseMs,
    agentLimits,
    get activeRuns() {
      return active.size;
    },
    get journalLagMs() {
      return journalWriter.lagMs;
    },
    get isOverloaded() {
      return isOverloaded();
    },
    admit,
    start,
    follow,
    stop: (chat) => stopRun(chat, { db: forTeam(callDb, chat.teamId), stopHere }),
    close,
  };
}
