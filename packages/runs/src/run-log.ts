// The events of one run, in memory: one writer, any number of readers. The writer executes the run, or copies the
// journal of one that another instance executes.
import { isTerminal, type RunEvent, type RunLogEntry } from './run-event.ts';
import { RunLogReader, type ReadableRunLog, type ReadOptions, type WokenReader } from './run-log-reader.ts';

/** A merged event grows no longer than this, so that one slow reader of a long answer costs little memory at a time. */
const MAX_MERGED_CHARS = 64 * 1024;

export class RunLog implements ReadableRunLog {
  readonly #events: RunEvent[] = [];
  readonly #readers = new Set<WokenReader>();
  readonly #onAppend: () => void;
  #text = '';
  #isEnded = false;
  #isWaking = false;
  #firstTextAt: number | undefined;
  /** What a reader got that was up to date, for the others at the same place. */
  #newest: { afterSeq: number; entry: RunLogEntry } | undefined;

  /** @param onAppend told of every event, on the way of every token: it must be cheap */
  constructor(onAppend: () => void = () => {}) {
    this.#onAppend = onAppend;
  }

  /** The answer so far, as a reader of all events would have it. */
  get text(): string {
    return this.#text;
  }

  /** When the first text of the answer was appended, as `performance.now()` says it. */
  get firstTextAt(): number | undefined {
    return this.#firstTextAt;
  }

  /** The seq of the newest event; 0 while there is none. */
  get lastSeq(): number {
    return this.#events.length;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The events after one of them, as they were appended. */
  eventsAfter(seq: number): RunEvent[] {
    return this.#events.slice(seq);
  }

  append(event: RunEvent): void {
    if (this.#isEnded) throw new Error('a run has exactly one terminal event, and it is the last');
    if (event.type === 'message') {
      this.#firstTextAt ??= performance.now();
      this.#text = event.data.reset === true ? event.data.content : this.#text + event.data.content;
    }
    this.#isEnded = isTerminal(event);
    this.#events.push(event);
    this.#wakeReaders();
    this.#onAppend();
  }

  /**
   * The events after a place, then those to come, until the terminal one or until the signal aborts. A reader that is
   * behind gets adjacent deltas merged into one event: fewer events under load, no delay when there is none.
   */
  read<Item>(options: ReadOptions<Item>): AsyncIterableIterator<Item, undefined> {
    return new RunLogReader(this, options);
  }

  /** Readers at the same place get the same object: it is merged once, and can be encoded once. */
  entryAfter(seq: number): RunLogEntry | undefined {
    const first = this.#events[seq];
    if (first === undefined) return undefined;
    if (this.#newest?.afterSeq === seq && this.#newest.entry.seq === this.lastSeq) return this.#newest.entry;
    const entry = this.#mergeFrom(seq, first);
    if (entry.seq === this.lastSeq) this.#newest = { afterSeq: seq, entry };
    return entry;
  }

  addReader(reader: WokenReader): void {
    this.#readers.add(reader);
  }

  deleteReader(reader: WokenReader): void {
    this.#readers.delete(reader);
  }

  /** Once for all that is appended in one go, which then reaches a reader as one event. */
  #wakeReaders(): void {
    if (this.#isWaking || this.#readers.size === 0) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      for (const reader of this.#readers) reader.wake();
    });
  }

  #mergeFrom(afterSeq: number, first: RunEvent): RunLogEntry {
    let seq = afterSeq + 1;
    if (first.type !== 'message') return { seq, event: first };

    let next = this.#deltaAt(seq);
    if (next === undefined) return { seq, event: first };
    let { content } = first.data;
    while (next !== undefined && content.length < MAX_MERGED_CHARS) {
      content += next;
      seq += 1;
      next = this.#deltaAt(seq);
    }
    return { seq, event: { type: 'message', data: { ...first.data, content } } };
  }

  #deltaAt(index: number): string | undefined {
    const event = this.#events[index];
    return event?.type === 'message' && event.data.reset !== true ? event.data.content : undefined;
  }
}
