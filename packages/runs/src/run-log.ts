// The events of one run in memory, with one writer and any number of readers. The writer executes the run, or copies
// the journal of a run that another instance executes.
import { isTerminal, type RunEvent, type RunLogEntry } from './run-event.ts';
import { RunLogReader, type ReadableRunLog, type ReadOptions, type WokenReader } from './run-log-reader.ts';

/** Upper limit of a merged event, so that a slow reader of a long answer needs little memory at a time. */
const MAX_MERGED_CHARS = 64 * 1024;
/** The memory of one event, besides its text. */
const EVENT_BYTES = 150;

export class RunLog implements ReadableRunLog {
  readonly #events: RunEvent[] = [];
  readonly #readers = new Set<WokenReader>();
  readonly #onAppend: (bytes: number) => void;
  #bytes = 0;
  #text = '';
  #isEnded = false;
  #isWaking = false;
  #firstTextAt: number | undefined;
  /** The entry last given to an up-to-date reader, shared with other readers at the same position. */
  #newest: { afterSeq: number; entry: RunLogEntry } | undefined;

  /** @param onAppend called for every event with the memory that it takes, so it must be cheap */
  constructor(onAppend: (bytes: number) => void = () => {}) {
    this.#onAppend = onAppend;
  }

  /** The answer so far, with resets applied. */
  get text(): string {
    return this.#text;
  }

  /** When the first text was appended, on the clock of `performance.now()`. */
  get firstTextAt(): number | undefined {
    return this.#firstTextAt;
  }

  /** The seq of the newest event, or 0 if there is none. */
  get lastSeq(): number {
    return this.#events.length;
  }

  /** An estimate of the memory of this log. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The events after this seq, unmerged. */
  eventsAfter(seq: number): RunEvent[] {
    return this.#events.slice(seq);
  }

  append(event: RunEvent): void {
    if (this.#isEnded) throw new Error('A run has exactly one terminal event, and it is the last.');
    let bytes = EVENT_BYTES;
    if (event.type === 'message') {
      bytes += 2 * event.data.content.length;
      this.#firstTextAt ??= performance.now();
      this.#text = event.data.reset === true ? event.data.content : this.#text + event.data.content;
    }
    this.#isEnded = isTerminal(event);
    this.#events.push(event);
    this.#bytes += bytes;
    this.#wakeReaders();
    this.#onAppend(bytes);
  }

  /**
   * Yields the events after a position and then new ones, until the terminal event or until the signal aborts. A reader
   * that falls behind gets adjacent deltas merged into one event, which means fewer events under load and no delay
   * otherwise.
   */
  read<Item>(options: ReadOptions<Item>): AsyncIterableIterator<Item, undefined> {
    return new RunLogReader(this, options);
  }

  /** Readers at the same position get the same object, so it is merged and encoded once. */
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

  /** Wakes readers once per microtask, so that events appended together reach a reader as one. */
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
