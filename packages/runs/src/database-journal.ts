// The journal as a table, on both databases. On a Postgres server, LISTEN and NOTIFY wake the followers. The embedded
// database has a single instance, which reads its own runs from memory and needs no wake-ups.
import { listenForRunEvents, runEvents, type DB, type Json } from '@parley/db';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Journal, JournalKey, JournalPage } from './journal.ts';
import { partUpdateSchema } from './part-schema.ts';
import type { RunEvent, RunLogEntry } from './run-event.ts';

export interface DatabaseJournalOptions {
  db: Kysely<DB>;
  /** The instance that appends. */
  instanceId: string;
  /** URL of the Postgres server to LISTEN on. Without it, no wake-ups are sent. */
  listenUrl?: string | undefined;
  /** Called if the server at `listenUrl` sends no notifications, as a pooler in transaction mode does not. */
  onDeaf?: (() => void) | undefined;
}

export function createDatabaseJournal({
  db,
  instanceId,
  listenUrl,
  onDeaf,
}: DatabaseJournalOptions): Journal {
  return {
    append: (rows) =>
      runEvents.insert(db, {
        instanceId,
        rows: rows.map(({ events, ...row }) => ({ ...row, events: toJournal(events) })),
      }),
    read: (run, afterSeq) => readJournal(db, run, afterSeq),
    listen: (onWake) =>
      listenUrl === undefined
        ? { close: () => Promise.resolve() }
        : listenForRunEvents(
            { url: listenUrl, notify: (payload) => runEvents.notifyListener(db, payload), onDeaf },
            onWake,
          ),
    removeOld: (options) => runEvents.deleteOld(db, options),
  };
}

/** May run inside a transaction. */
export async function readJournal(
  db: Kysely<DB>,
  { teamId, runId }: JournalKey,
  afterSeq: number,
): Promise<JournalPage> {
  const rows = await runEvents.list(db, { teamId, runId, afterSeq });
  let lastSeq = afterSeq;
  // Rows overlap when a write was retried because its first response was lost.
  const entries = rows.flatMap(toEntries).filter(({ seq }) => {
    const isNew = seq > lastSeq;
    if (isNew) lastSeq = seq;
    return isNew;
  });
  return { entries, hasMore: entries.length > 0 && rows.at(-1)?.hasNext === true };
}

/**
 * The events as the journal holds them. A part is an empty piece of text with the part beside it: an instance of the
 * version before, which knows no parts, can read it.
 */
export function toJournal(events: readonly RunEvent[]): unknown[] {
  return events.map((event) =>
    event.type === 'part' ? { type: 'message', data: { content: '' }, part: event.data } : event,
  );
}

const journaledEvents = z.array(
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
      // A newer version may have written a part that this one does not know.
      part: partUpdateSchema.optional().catch(undefined),
    }),
    z.object({ type: z.literal('done'), data: z.object({ message: z.string(), messageId: z.string() }) }),
    z.object({ type: z.literal('error'), data: z.object({ message: z.string(), reason: z.string() }) }),
  ]),
);

/** Validates the row, because another version of this code may have written it. */
function toEntries({ seq, events: json }: { seq: number; events: Json }): RunLogEntry[] {
  const events = journaledEvents.parse(json).map(toRunEvent);
  return events.map((event, index) => ({ seq: seq - events.length + 1 + index, event }));
}

function toRunEvent(event: z.output<typeof journaledEvents>[number]): RunEvent {
  if (event.type !== 'message') return event;
  const { part, ...message } = event;
  return part === undefined ? message : { type: 'part', data: part };
}
