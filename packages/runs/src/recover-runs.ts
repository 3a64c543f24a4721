// Keeps this instance's leases alive, ends the runs of instances that are gone with what they had journaled, and removes
// what the journal no longer needs.
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
  /** The runs that this instance executes; `lose` one that is not its own any more. */
  active: ReadonlyMap<string, { lose: () => void }>;
  onError: (error: unknown) => void;
}

const RECOVERED_AT_ONCE = 20;
const DELETED_AT_ONCE = 10_000;

/** So many beats fit in a lease: a few lost ones do not cost a run. */
const BEATS_A_LEASE = 5;
/**
 * Where the database was away, or we were suspended, other instances' runs are ended only so many beats later: each lease may
 * have lapsed meanwhile, and those who are alive need a beat to say so. The same goes for a start.
 */
const STEADY_BEATS = 1.5;

/** Beats until stopped. A run of a killed instance looks active for `leaseMs` and a beat, at most. */
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
  // Asked whenever an answer of the database has been waited for: that may have taken long.
  const mayRecover = (): boolean => {
    const nowMs = performance.now();
    // One beat that fails does not let a lease lapse, so it is no reason to wait.
    if (nowMs - workedAtMs > leaseMs / 2) steadySinceMs = nowMs;
    return nowMs - steadySinceMs > STEADY_BEATS * beatMs;
  };
  while (!signal.aborted) {
    // What one lost connection has cost is made up for at once; an outage is not asked after more often than that.
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
  // Not those that start in the meantime.
  const mine = [...active];
  if (mine.length === 0) return;
  const runIds = mine.map(([runId]) => runId);
  const kept = await runs.extendLeases(db, { instanceId, runIds, leaseMs });
  for (const [runId, run] of mine) {
    if (!kept.has(runId)) run.lose();
  }
}

/**
 * Ends as interrupted what has lost its writer, each run exactly once, whoever else tries.
 * @param options.all whatever the leases say, for a process that has the database to itself
 * @param options.mayRecover asked again when the runs are locked
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
