// The end of a run for a follower that was cut off before it, when no instance has the run in memory any more.
import type { DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { readJournal } from './database-journal.ts';
import type { JournalKey } from './journal.ts';
import { RunLog } from './run-log.ts';

/**
 * The events of an ended run after one of its events; undefined if the journal does not have all of them, or not that event.
 * A position that is not in the journal was counted elsewhere: by a writer that lost the run, or in a copy of the saved answer.
 */
export async function restOfJournal(
  db: Kysely<DB>,
  run: JournalKey,
  afterSeq: number,
): Promise<RunLog | undefined> {
  const log = new RunLog({ afterSeq });
  let nextSeq = Math.max(afterSeq, 1);
  let hasMore = true;
  while (hasMore) {
    const page = await readJournal(db, run, nextSeq - 1);
    for (const { seq, event } of page.entries) {
      if (seq !== nextSeq || log.isEnded) return undefined;
      if (seq > afterSeq) log.append(event);
      nextSeq += 1;
    }
    ({ hasMore } = page);
  }
  return log.isEnded ? log : undefined;
}
