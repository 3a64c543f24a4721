// The journal holds the events of runs where every instance can read them. The interface is small so that another
// engine can implement it; tests/support/describe-journal.ts is its conformance suite.
import type { RunEventsRow } from '@parley/db';
import type { RunEvent, RunLogEntry } from './run-event.ts';

export interface JournalKey {
  teamId: string;
  runId: string;
}

/** The new events of one run. */
export interface JournalRow extends RunEventsRow {
  events: readonly RunEvent[];
}

/** A bounded number of events, oldest first, each once. */
export interface JournalPage {
  entries: RunLogEntry[];
  hasMore: boolean;
}

/**
 * Writes a batch for all runs of one instance, all of it or nothing. Returns the ids of the runs that accepted their
 * events; the others have ended or belong to another instance. A batch may repeat events that were written before.
 */
export type AppendToJournal = (rows: JournalRow[]) => Promise<Set<string>>;

/** The ids of the runs that may have new events; undefined means all runs. */
export type WakeFollowers = (runIds: string[] | undefined) => void;

/** The journal from the point of view of one instance. */
export interface Journal {
  append: AppendToJournal;
  /** The next events after `afterSeq`. */
  read(run: JournalKey, afterSeq: number): Promise<JournalPage>;
  /**
   * Wakes followers when any instance has appended. A wake-up only reduces latency and may get lost, so followers poll
   * as well. After a reconnect, `onWake(undefined)` makes them read at once.
   */
  listen(onWake: WakeFollowers): { close: () => Promise<void> };
  /**
   * Deletes a batch of events of runs that ended more than `retentionMs` ago. An active run keeps all of its events.
   */
  removeOld(options: { retentionMs: number; limit: number }): Promise<void>;
}
