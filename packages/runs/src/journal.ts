// The journal: what runs have said, where every instance can read it. A small interface, so that a fake is small and
// another engine can follow; this one is a table.
import { insertRunEvents, listRunEvents, type DB, type Json, type RunEventsRow } from '@parley/db';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { RunEvent, RunLogEntry } from './run-event.ts';

export interface JournalKey {
  teamId: string;
  runId: string;
}

/** Writes a batch for all runs of one instance, and gives the runs that took it. @see insertRunEvents */
export type AppendToJournal = (rows: RunEventsRow[]) => Promise<Set<string>>;

export interface Journal {
  append: AppendToJournal;
  /** The events after one of them, oldest first. */
  read(run: JournalKey, afterSeq: number): Promise<RunLogEntry[]>;
}

export function createJournal(db: Kysely<DB>, instanceId: string): Journal {
  return {
    append: (rows) => insertRunEvents(db, { instanceId, rows }),
    async read(run, afterSeq) {
      const rows = await listRunEvents(db, { ...run, afterSeq });
      let lastSeq = afterSeq;
      // Rows overlap where a write was repeated whose first answer got lost.
      return rows.flatMap(toEntries).filter(({ seq }) => {
        const isNew = seq > lastSeq;
        if (isNew) lastSeq = seq;
        return isNew;
      });
    },
  };
}

/** The answer that a run's journal holds, and the seq of its last event. */
export function textOfJournal(entries: RunLogEntry[]): { text: string; lastSeq: number } {
  let text = '';
  for (const { event } of entries) {
    if (event.type === 'message')
      text = event.data.reset === true ? event.data.content : text + event.data.content;
  }
  return { text, lastSeq: entries.at(-1)?.seq ?? 0 };
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
