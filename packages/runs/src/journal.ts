// The journal: what runs have said, where every instance can read it. A small interface, so that another engine can
// follow: tests/support/describe-journal.ts is what it has to keep.
import type { RunEventsRow } from '@parley/db';
import type { RunLogEntry } from './run-event.ts';

export interface JournalKey {
  teamId: string;
  runId: string;
}

/**
 * Writes a batch for all runs of one instance, whole or not at all, and gives the ids of the runs that took it: the others
 * have ended, or are another instance's to write. What was written before may be repeated.
 */
export type AppendToJournal = (rows: RunEventsRow[]) => Promise<Set<string>>;

/** The ids of runs that may have something new; undefined: any may. */
export type WakeFollowers = (runIds: string[] | undefined) => void;

/** The journal as one instance sees it. */
export interface Journal {
  append: AppendToJournal;
  /** The events after one of them, oldest first, each once. */
  read(run: JournalKey, afterSeq: number): Promise<RunLogEntry[]>;
  /**
   * Wakes followers when any instance has appended. A wake-up may get lost, so they look by themselves now and then too;
   * after a lost connection, `onWake(undefined)` tells them to look at once.
   */
  listen(onWake: WakeFollowers): { close: () => Promise<void> };
  /** Removes a batch of what runs wrote that have ended `retentionMs` ago. An active run keeps all of it. */
  removeOld(options: { retentionMs: number; limit: number }): Promise<void>;
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
