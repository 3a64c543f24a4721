// Stops a chat's active run, whichever instance executes it.
import { runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { endFromJournal } from './end-from-journal.ts';
import { canceled } from './run-end.ts';

export interface StopRunDependencies {
  db: Kysely<DB>;
  /** Aborts a run that this instance executes, and resolves when it has ended; `undefined` where it does not. */
  stopHere: (runId: string) => Promise<void> | undefined;
}

/** The id of the run that was stopped; `undefined` where the chat has no active run. */
export async function stopRun(
  chat: { teamId: string; chatId: string },
  { db, stopHere }: StopRunDependencies,
): Promise<string | undefined> {
  const run = await db.transaction().execute(async (trx) => {
    const active = await runs.lockActive(trx, chat);
    if (active === undefined) return undefined;
    // The writer has all of the text, the journal all but the last moment's.
    const stopping = stopHere(active.runId);
    if (stopping === undefined) await endFromJournal(trx, active, canceled);
    return { id: active.runId, stopping };
  });
  await run?.stopping;
  return run?.id;
}
