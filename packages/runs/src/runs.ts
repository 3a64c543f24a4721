// The one object that the api is given: starts runs, and lets any number of followers see them.
import { endAllRuns, endLapsedRuns, newId, type DB } from '@parley/db';
import type { AgentLimits } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { executeRun, type StartedRun } from './execute-run.ts';
import { followRun, type FollowedEvent, type FollowRunOptions } from './follow-run.ts';
import { startRecovery } from './recover-runs.ts';
import { RunLog } from './run-log.ts';
import { interruptedError, serverClosing } from './run-state.ts';

export interface RunsOptions {
  db: Kysely<DB>;
  /** Decrypts an agent's webhook token. */
  openSecret: (encrypted: Uint8Array) => string;
  agentLimits?: Partial<AgentLimits>;
  /** How long a run of a killed instance looks active. */
  leaseMs?: number;
  /** How long the events of an ended run stay in memory, for followers that reconnect. */
  logRetentionMs?: number;
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
  follow(options: FollowRunOptions): AsyncGenerator<FollowedEvent>;
  /** Lets active runs go on for `graceMs`, saves the rest as interrupted, and ends the background work. */
  close(options?: { graceMs?: number }): Promise<void>;
}

const DEFAULT_LEASE_MS = 15_000;
const DEFAULT_LOG_RETENTION_MS = 60_000;

interface ActiveRun {
  controller: AbortController;
  ended: Promise<void>;
}

/** Ends what earlier processes left running, then is ready to start runs. */
export async function createRuns(options: RunsOptions): Promise<Runs> {
  const { db, openSecret, agentLimits = {}, onError = () => {} } = options;
  const { leaseMs = DEFAULT_LEASE_MS, logRetentionMs = DEFAULT_LOG_RETENTION_MS } = options;
  const instanceId = newId();
  const logs = new Map<string, RunLog>();
  const active = new Map<string, ActiveRun>();
  let isClosed = false;

  await (options.isOnlyInstance === true ? endAllRuns : endLapsedRuns)(db, interruptedError);
  const recovery = startRecovery({ db, instanceId, leaseMs, hasActiveRuns: () => active.size > 0, onError });

  function start(run: StartedRun): void {
    const log = new RunLog();
    const controller = new AbortController();
    logs.set(run.runId, log);
    const ended = executeRun(run, log, controller.signal, {
      db,
      instanceId,
      openSecret,
      agentLimits,
      onError,
    }).then(() => {
      active.delete(run.runId);
      setTimeout(() => logs.delete(run.runId), logRetentionMs).unref();
    });
    active.set(run.runId, { controller, ended });
    if (isClosed) controller.abort(serverClosing());
  }

  async function close({ graceMs = 0 }: { graceMs?: number } = {}): Promise<void> {
    const allEnded = Promise.all([...active.values()].map((run) => run.ended));
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([allEnded, grace.promise]);
    clearTimeout(timer);
    // Runs that were started during the grace period are among those that end now, or at once when they start.
    isClosed = true;
    for (const { controller } of active.values()) controller.abort(serverClosing());
    await Promise.all([...active.values()].map((run) => run.ended));
    await recovery.stop();
  }

  return {
    instanceId,
    leaseMs,
    start,
    follow: (follow) => followRun(follow, { db, findLog: (runId) => logs.get(runId) }),
    close,
  };
}
