// Writes the new events of all runs of this instance to the journal, in one statement per tick.
import { charsOf } from './event-block.ts';
import type { AppendToJournal, JournalKey } from './journal.ts';
import type { RunEvent } from './run-event.ts';
import type { RunLog } from './run-log.ts';

/** The longest stretch of an answer, in time, that a killed instance loses while the database keeps up. */
const TICK_MS = 40;
const MAX_RETRY_MS = 2_000;
/** A statement and its parameters are in memory several times. What does not fit goes into the next one, at once. */
const MAX_BATCH_CHARS = 2 * 1024 * 1024;
/** An event costs some microseconds when it is written and when it is read, however short it is. */
const MAX_BATCH_EVENTS = 2_000;

export interface JournaledRun extends JournalKey {
  log: RunLog;
  /** Called once when another instance has ended this run. This instance must not write to it any more. */
  onLost: () => void;
}

interface Progress {
  run: JournaledRun;
  /** The seq of the last event in the journal. */
  seq: number;
}

export class JournalWriter {
  readonly #append: AppendToJournal;
  readonly #onError: (error: unknown) => void;
  readonly #onWritten: (lagMs: number) => void;
  readonly #progress = new Map<string, Progress>();
  readonly #changed = new Set<Progress>();
  #writing: Promise<void> = Promise.resolve();
  /** Resolves after the next write, successful or not. */
  #next = Promise.withResolvers<void>();
  #isScheduled = false;
  #retryMs = TICK_MS;
  /** When the oldest event that is not in the journal was appended. */
  #behindSince: number | undefined;

  /** @param onWritten called after each successful write, with the time that its oldest event waited */
  constructor(
    append: AppendToJournal,
    onError: (error: unknown) => void,
    onWritten: (lagMs: number) => void = () => {},
  ) {
    this.#append = append;
    this.#onError = onError;
    this.#onWritten = onWritten;
  }

  /** The age of the oldest event that is not in the journal, in milliseconds; 0 if there is none. */
  get lagMs(): number {
    return this.#behindSince === undefined ? 0 : performance.now() - this.#behindSince;
  }

  add(run: JournaledRun): void {
    this.#progress.set(run.runId, { run, seq: 0 });
  }

  /** Schedules a write for a run whose log has grown. Runs for every token. */
  touch(runId: string): void {
    const progress = this.#progress.get(runId);
    if (progress === undefined) return;
    this.#changed.add(progress);
    if (!this.#isScheduled) this.#schedule(TICK_MS);
  }

  /**
   * Stops writing a run that grows no more, and returns the seq of its last event in the journal. The events after that
   * fit into one statement.
   */
  async remove(runId: string): Promise<number> {
    const progress = this.#progress.get(runId);
    if (progress === undefined) return 0;
    const { log } = progress.run;
    while (log.lastSeq - progress.seq > MAX_BATCH_EVENTS && this.#progress.has(runId)) {
      await this.#next.promise;
    }
    this.#progress.delete(runId);
    this.#changed.delete(progress);
    await this.#writing;
    return progress.seq;
  }

  #schedule(ms: number): void {
    this.#isScheduled = true;
    this.#behindSince ??= performance.now();
    setTimeout(() => {
      this.#writing = this.#write();
    }, ms);
  }

  async #write(): Promise<void> {
    const { batch, isCut } = this.#takeBatch();
    try {
      const taken = await this.#append(
        batch.map(({ progress: { run }, upTo, events }) => ({
          teamId: run.teamId,
          runId: run.runId,
          seq: upTo,
          events,
        })),
      );
      this.#retryMs = TICK_MS;
      this.#onWritten(this.lagMs);
      if (!isCut) this.#behindSince = undefined;
      for (const { progress, upTo } of batch) {
        progress.seq = upTo;
        if (!taken.has(progress.run.runId) && this.#progress.delete(progress.run.runId))
          progress.run.onLost();
      }
    } catch (error) {
      this.#onError(error);
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
      for (const { progress } of batch) {
        if (this.#progress.has(progress.run.runId)) this.#changed.add(progress);
      }
    }
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    this.#isScheduled = false;
    if (this.#changed.size > 0) this.#schedule(isCut && this.#retryMs === TICK_MS ? 0 : this.#retryMs);
  }

  /** The new events of as many runs as fit into one statement. The others, and the rest of the last one, stay changed. */
  #takeBatch(): { batch: { progress: Progress; upTo: number; events: RunEvent[] }[]; isCut: boolean } {
    const batch = [];
    let chars = MAX_BATCH_CHARS;
    let events = MAX_BATCH_EVENTS;
    const isFull = (): boolean => chars <= 0 || events <= 0;
    for (const progress of [...this.#changed]) {
      if (isFull()) break;
      const { run, seq } = progress;
      const next = run.log.eventsAfter(seq, { minChars: chars, minEvents: events });
      for (const event of next) chars -= charsOf(event);
      events -= next.length;
      const upTo = seq + next.length;
      this.#changed.delete(progress);
      batch.push({ progress, upTo, events: next });
      // At the end of the order, so that every run has its turn.
      if (upTo < run.log.lastSeq) this.#changed.add(progress);
    }
    return { batch, isCut: isFull() };
  }
}
