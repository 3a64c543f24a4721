// The journal as a table, on both databases. Wake-ups are Postgres' own notifications; the embedded database has one
// instance, which has all of its runs in memory, and nobody to wake.
import { listenForRunEvents, runEvents, type DB, type Json } from '@parley/db';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Journal, JournalKey } from './journal.ts';
import type { RunEvent, RunLogEntry } from './run-event.ts';

export interface DatabaseJournalOptions {
  db: Kysely<DB>;
  /** Who appends. */
  instanceId: string;
  /** Where Postgres tells of news; without it, nobody is woken. */
  listenUrl?: string | undefined;
}

export function createDatabaseJournal({ db, instanceId, listenUrl }: DatabaseJournalOptions): Journal {
  return {
    append: (rows) => runEvents.insert(db, { instanceId, rows }),
    read: (run, afterSeq) => readJournal(db, run, afterSeq),
    listen: (onWake) =>
      listenUrl === undefined
        ? { close: () => Promise.resolve() }
        : listenForRunEvents({ url: listenUrl }, onWake),
    removeOld: (options) => runEvents.deleteOld(db, options),
  };
}

/** Also within a transaction. */
export async function readJournal(
  db: Kysely<DB>,
  { teamId, runId }: JournalKey,
  afterSeq: number,
): Promise<RunLogEntry[]> {
  const rows = await runEvents.list(db, { teamId, runId, afterSeq });
  let lastSeq = afterSeq;
  // Rows overlap where a write was repeated whose first answer got lost.
  return rows.flatMap(toEntries).filter(({ seq }) => {
    const isNew = seq > lastSeq;
    if (isNew) lastSeq = seq;
    return isNew;
  });
}

const eventsSchema: z.ZodType<RunEvent[]> = z.array(
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('status'),
      data: z.object({
        description: z.string(),
        level: z.enum(['info', 'warning', 'error']),
        done: z.boolean(),
      }),
    }),
    z.object({
      type: z.literal('message'),
      data: z.object({ content: z.string(), reset: z.literal(true).exactOptional() }),
    }),
    z.object({ type: z.literal('done'), data: z.object({ message: z.string(), messageId: z.string() }) }),
    z.object({ type: z.literal('error'), data: z.object({ message: z.string(), reason: z.string() }) }),
  ]),
);

/** A row may have been written by another version of this code. */
function toEntries({ seq, events: json }: { seq: number; events: Json }): RunLogEntry[] {
  const events = eventsSchema.parse(json);
  return events.map((event, index) => ({ seq: seq - events.length + 1 + index, event }));
}
