// Stops a chat's active run on any instance.
import { runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { endFromJournal } from './end-from-journal.ts';
import { canceled } from './run-end.ts';

export interface StopRunDependencies {
  db: Kysely<DB>;
  /** Aborts a run of this instance, and resolves when it has ended; undefined if this instance does not execute it. */
  stopHere: (runId: string) => Promise<void> | undefined;
}

/** Returns the id of the stopped run, or undefined if the chat has no active run. */
export async function stopRun(
  chat: { teamId: string; chatId: string },
  { db, stopHere }: StopRunDependencies,
): Promise<string | undefined> {
  const run = await db.transaction().execute(async (trx) => {
    const active = await runs.lockActive(trx, chat);
    if (active === undefined) return undefined;
    // The writer has the full text; the journal lacks at most the last tick.
    const stopping = stopHere(active.runId);
    if (stopping === undefined) await endFromJournal(trx, active, canceled);
    return { id: active.runId, stopping };
  });
  await run?.stopping;
  return run?.id;
}
