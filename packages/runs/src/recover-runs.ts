// Keeps this instance's leases alive, ends the runs of instances that are gone with what they had journaled, and removes
// what the journal no longer needs.
import {
  deleteOldRunEvents,
  endRun,
  extendLeases,
  lockLapsedRuns,
  type DB,
  type LapsedRun,
} from '@parley/db';
import type { Kysely } from 'kysely';
import { createJournal, textOfJournal } from './journal.ts';
import { interruptedError, terminalEventOf } from './run-state.ts';

export interface RecoverRunsDependencies {
  db: Kysely<DB>;
  instanceId: string;
  leaseMs: number;
  /** How long the journal of an ended run is kept, for followers on other instances. */
  journalRetentionMs: number;
  hasActiveRuns: () => boolean;
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
  const { db, instanceId, leaseMs, journalRetentionMs } = deps;
  try {
    if (deps.hasActiveRuns()) await extendLeases(db, { instanceId, leaseMs });
    await recoverRuns(db, { all: false });
    await deleteOldRunEvents(db, { retentionMs: journalRetentionMs, limit: DELETED_AT_ONCE });
  } catch (error) {
    deps.onError(error);
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
      for (const run of runs) await interrupt(trx, run);
      return runs.length;
    });
  } while (recovered === RECOVERED_AT_ONCE);
}

async function interrupt(trx: Kysely<DB>, run: LapsedRun): Promise<void> {
  const { teamId, runId, instanceId, assistantMessageId } = run;
  const { text, lastSeq } = textOfJournal(await createJournal(trx, instanceId).read(run, 0));
  const end = { state: 'interrupted', error: interruptedError } as const;
  await endRun(trx, {
    teamId,
    runId,
    instanceId,
    ...end,
    content: text,
    events: [terminalEventOf(end, assistantMessageId)],
    lastSeq: lastSeq + 1,
  });
}
