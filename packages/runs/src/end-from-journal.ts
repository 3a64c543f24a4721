import { runs, type DB, type WrittenRun } from '@parley/db';
import type { Kysely } from 'kysely';
import { readJournal } from './database-journal.ts';
import { answerOfJournal } from './journal.ts';
import { terminalEventOf, type RunEnd } from './run-end.ts';

/**
 * Ends a run in place of its writer, with the answer that the journal holds. The caller holds the run's lock. A writer
 * that turns out to be alive finds that it no longer owns the run, and stops.
 */
export async function endFromJournal(trx: Kysely<DB>, run: WrittenRun, end: RunEnd): Promise<void> {
  const { teamId, runId, instanceId, assistantMessageId } = run;
  const { text, parts, lastSeq } = answerOfJournal(await readJournal(trx, run, 0));
  await runs.end(trx, {
    teamId,
    runId,
    instanceId,
    state: end.state,
    error: end.error,
    content: text,
    parts,
    events: [terminalEventOf(end, assistantMessageId)],
    lastSeq: lastSeq + 1,
  });
}
