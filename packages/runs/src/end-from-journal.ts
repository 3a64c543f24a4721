import { runs, type DB, type WrittenRun } from '@parley/db';
import type { Kysely } from 'kysely';
import { readJournal } from './database-journal.ts';
import { terminalEventOf, type RunEnd } from './run-end.ts';
import { RunLog } from './run-log.ts';

/**
 * Ends a run in place of its writer, with the answer that the journal holds. The caller holds the run's lock. A writer
 * that turns out to be alive finds that it no longer owns the run, and stops.
 */
export async function endFromJournal(trx: Kysely<DB>, run: WrittenRun, end: RunEnd): Promise<void> {
  const { teamId, runId, instanceId, assistantMessageId } = run;
  const log = await readWhole(trx, run);
  const { text, parts } = await log.readAnswer();
  await runs.end(trx, {
    teamId,
    runId,
    instanceId,
    state: end.state,
    error: end.error,
    content: text,
    parts,
    events: [terminalEventOf(end, assistantMessageId)],
    lastSeq: log.lastSeq + 1,
  });
}

async function readWhole(trx: Kysely<DB>, run: WrittenRun): Promise<RunLog> {
  const log = new RunLog();
  let hasMore = true;
  while (hasMore) {
    const page = await readJournal(trx, run, log.lastSeq);
    for (const { event } of page.entries) log.append(event);
    ({ hasMore } = page);
  }
  return log;
}
