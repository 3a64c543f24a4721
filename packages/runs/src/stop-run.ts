// Stops a chat's active run on any instance.
import { runs, stoppedResponding, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { endFromJournal } from './end-from-journal.ts';
import { canceled } from './run-end.ts';

export interface StopRunDependencies {
  db: Kysely<DB>;
  /** Aborts a run of this instance, and resolves when it has ended; undefined if this instance does not execute it. */
  stopHere: (runId: string) => Promise<void> | undefined;
}

/** A longer outage of the database fails the call. The run has stopped, and is saved when the database is back. */
const MAX_SAVE_MS = 8_000;

/** Returns the id of the stopped run, or undefined if the chat has no active run. */
export async function stopRun(
  chat: { teamId: string; chatId: string },
  { db, stopHere }: StopRunDependencies,
): Promise<string | undefined> {
  const startedAt = performance.now();
  const run = await db.transaction().execute(async (trx) => {
    const active = await runs.lockActive(trx, chat);
    if (active === undefined) return undefined;
    // The writer has the full text; the journal lacks at most the last tick.
    const stopping = stopHere(active.runId);
    if (stopping === undefined) await endFromJournal(trx, active, canceled);
    return { id: active.runId, stopping };
  });
  if (run?.stopping !== undefined) await within(MAX_SAVE_MS - (performance.now() - startedAt), run.stopping);
  return run?.id;
}

async function within(maxMs: number, saved: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(stoppedResponding()), Math.max(0, maxMs));
  await Promise.race([saved, late.promise]).finally(() => clearTimeout(timer));
}
