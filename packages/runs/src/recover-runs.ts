// Keeps this instance's leases alive, and ends the runs of instances that are gone.
import { endLapsedRuns, extendLeases, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { interruptedError } from './run-state.ts';

export interface RecoverRunsDependencies {
  db: Kysely<DB>;
  instanceId: string;
  leaseMs: number;
  hasActiveRuns: () => boolean;
  onError: (error: unknown) => void;
}

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

async function heartbeat({
  db,
  instanceId,
  leaseMs,
  hasActiveRuns,
  onError,
}: RecoverRunsDependencies): Promise<void> {
  try {
    if (hasActiveRuns()) await extendLeases(db, { instanceId, leaseMs });
    await endLapsedRuns(db, interruptedError);
  } catch (error) {
    onError(error);
  }
}
