// The heartbeat of an instance: extends the leases of its runs, ends the runs of dead instances with their journaled
// text, and deletes old journal rows.
import { setTimeout as delay } from 'node:timers/promises';
import { runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { endFromJournal } from './end-from-journal.ts';
import type { Journal } from './journal.ts';
import { interrupted } from './run-end.ts';

export interface RecoverRunsDependencies {
  db: Kysely<DB>;
  journal: Pick<Journal, 'removeOld'>;
  instanceId: string;
  leaseMs: number;
  /** How long the journal of an ended run is kept, for followers on other instances. */
  journalRetentionMs: number;
  /** The runs that this instance executes. `lose` is called for a run that it no longer owns. */
  active: ReadonlyMap<string, { lose: () => void }>;
  onError: (error: unknown) => void;
}

const RECOVERED_AT_ONCE = 20;
const DELETED_AT_ONCE = 10_000;

/** Heartbeats per lease, so that a few lost ones do not cost a run. */
const BEATS_A_LEASE = 5;
/**
 * Heartbeats to wait before ending other instances' runs after a start, a database outage or a suspend. Leases may have
 * expired in the meantime, and a live instance needs one heartbeat to renew them.
 */
const STEADY_BEATS = 1.5;

/** Sends heartbeats until stopped. A run of a killed instance looks active for at most `leaseMs` plus one heartbeat. */
export function startRecovery(deps: RecoverRunsDependencies): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const stopped = keepBeating(deps, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return stopped;
    },
  };
}

async function keepBeating(deps: RecoverRunsDependencies, signal: AbortSignal): Promise<void> {
  const { leaseMs } = deps;
  const beatMs = leaseMs / BEATS_A_LEASE;
  let workedAtMs = performance.now();
  let steadySinceMs = workedAtMs;
  let failures = 0;
  // Checked after every wait for the database, because that wait may have been long.
  const mayRecover = (): boolean => {
    const nowMs = performance.now();
    // A single failed heartbeat does not let a lease expire, so it does not restart the waiting time.
    if (nowMs - workedAtMs > leaseMs / 2) steadySinceMs = nowMs;
    return nowMs - steadySinceMs > STEADY_BEATS * beatMs;
  };
  while (!signal.aborted) {
    // Retries soon after the first failure, such as a lost connection, and at the normal interval during an outage.
    const waitMs = failures === 1 ? beatMs / 4 : beatMs;
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    if (await heartbeat(deps, mayRecover)) {
      workedAtMs = performance.now();
      failures = 0;
    } else failures += 1;
  }
}

async function heartbeat(deps: RecoverRunsDependencies, mayRecover: () => boolean): Promise<boolean> {
  const { db, journal, journalRetentionMs } = deps;
  try {
    await keepLeases(deps);
    if (mayRecover()) await recoverRuns(db, { all: false, mayRecover });
    await journal.removeOld({ retentionMs: journalRetentionMs, limit: DELETED_AT_ONCE });
    return true;
  } catch (error) {
    deps.onError(error);
    return false;
  }
}

async function keepLeases({ db, instanceId, leaseMs, active }: RecoverRunsDependencies): Promise<void> {
  // A copy, so that runs that start during the query are left out.
  const mine = [...active];
  if (mine.length === 0) return;
  const runIds = mine.map(([runId]) => runId);
  const kept = await runs.extendLeases(db, { instanceId, runIds, leaseMs });
  for (const [runId, run] of mine) {
    if (!kept.has(runId)) run.lose();
  }
}

/**
 * Ends runs without a live writer as interrupted. Each run is ended exactly once, whichever instances try.
 * @param options.all ignores the leases; for a process that is the only user of the database
 * @param options.mayRecover checked again once the runs are locked
 */
export async function recoverRuns(
  db: Kysely<DB>,
  { all, mayRecover = () => true }: { all: boolean; mayRecover?: () => boolean },
): Promise<void> {
  let recovered: number;
  do {
    recovered = await db.transaction().execute(async (trx) => {
      const lapsed = await runs.lockLapsed(trx, { all, limit: RECOVERED_AT_ONCE });
      if (!mayRecover()) return 0;
      for (const run of lapsed) await endFromJournal(trx, run, interrupted);
      return lapsed.length;
    });
  } while (recovered === RECOVERED_AT_ONCE);
}
