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

/**
 * Beats until stopped. `leaseMs` bounds how long a run of a killed instance looks active; three beats fit in it, so that
 * one lost beat does not cost a run.
 */
export function startRecovery(deps: RecoverRunsDependencies): { stop: () => Promise<void> } {
  let beat = Promise.resolve();
  const timer = setInterval(() => {
    beat = beat.then(() => heartbeat(deps));
  }, deps.leaseMs / 3);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return beat;
    },
  };
}

async function heartbeat(deps: RecoverRunsDependencies): Promise<void> {
  const { db, journal, journalRetentionMs } = deps;
  try {
    await keepLeases(deps);
    await recoverRuns(db, { all: false });
    await journal.removeOld({ retentionMs: journalRetentionMs, limit: DELETED_AT_ONCE });
  } catch (error) {
    deps.onError(error);
  }
}

async function keepLeases({ db, instanceId, leaseMs, active }: RecoverRunsDependencies): Promise<void> {
  // Not those that start in the meantime.
  const mine = [...active];
  if (mine.length === 0) return;
  const kept = await extendLeases(db, { instanceId, leaseMs });
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
