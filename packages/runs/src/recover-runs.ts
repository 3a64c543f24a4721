// Keeps this instance's leases alive, ends the runs of instances that are gone with what they had journaled, and removes
// what the journal no longer needs.
import { extendLeases, lockLapsedRuns, type DB } from '@parley/db';
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
 * Other instances' runs are ended only after so many beats that worked, one after the other: where the database was away,
 * each lease has lapsed when it comes back, and those who are alive need a beat to say so.
 */
const STEADY_BEATS = 3;

/** Beats until stopped. A run of a killed instance looks active for `leaseMs` and one beat, at most. */
export function startRecovery(deps: RecoverRunsDependencies): { stop: () => Promise<void> } {
  let beat = Promise.resolve();
  let steadyBeats = 0;
  const timer = setInterval(() => {
    beat = beat.then(async () => {
      const worked = await heartbeat(deps, { mayRecover: steadyBeats + 1 >= STEADY_BEATS });
      steadyBeats = worked ? steadyBeats + 1 : 0;
    });
  }, deps.leaseMs / BEATS_A_LEASE);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return beat;
    },
  };
}

async function heartbeat(
  deps: RecoverRunsDependencies,
  { mayRecover }: { mayRecover: boolean },
): Promise<boolean> {
  const { db, journal, journalRetentionMs } = deps;
  try {
    await keepLeases(deps);
    if (mayRecover) await recoverRuns(db, { all: false });
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
  const kept = await extendLeases(db, { instanceId, runIds, leaseMs });
  for (const [runId, run] of mine) {
    if (!kept.has(runId)) run.lose();
  }
}

/**
 * Ends as interrupted what has lost its writer, each run exactly once, whoever else tries.
 * @param options.all whatever the leases say, for a process that has the database to itself
 */
export async function recoverRuns(db: Kysely<DB>, { all }: { all: boolean }): Promise<void> {
  let recovered: number;
  do {
    recovered = await db.transaction().execute(async (trx) => {
      const runs = await lockLapsedRuns(trx, { all, limit: RECOVERED_AT_ONCE });
      for (const run of runs) await endFromJournal(trx, run, interrupted);
      return runs.length;
    });
  } while (recovered === RECOVERED_AT_ONCE);
}
