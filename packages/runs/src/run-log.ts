// The events of one run in memory, with one writer and any number of readers. The writer executes the run, or copies
// the journal of a run that another instance executes. The newest events are kept as they came, for the journal and for
// readers that keep up; older ones are packed.
import { collectAnswer, type Answer } from './collect-parts.ts';
import {
  canMerge,
  charsOf,
  isReplacedBy,
  packEvents,
  restOfBlock,
  textOf,
  unpackBlock,
  withText,
  type EventBlock,
} from './event-block.ts';
import { isTerminal, type RunEvent, type RunLogEntry } from './run-event.ts';
import { RunLogReader, type ReadableRunLog, type ReadOptions, type WokenReader } from './run-log-reader.ts';

/** A merged event that has this length gets no more text, so that a slow reader of a long answer needs little memory. */
const MAX_MERGED_CHARS = 64 * 1024;
/** The newest events are packed when they reach one of these. */
const MAX_TAIL_EVENTS = 256;
const MAX_TAIL_CHARS = 16 * 1024;
/** The memory of one event in the tail, besides its text. */
const EVENT_BYTES = 150;

export interface RunLogOptions {
  /** Called for every event with the memory that the log now takes, so it must be cheap. */
  onAppend?: (bytes: number) => void;
  /** The seq of the event before the first one, for a log of the rest of a run. */
  afterSeq?: number;
}

export class RunLog implements ReadableRunLog {
  readonly #blocks: EventBlock[] = [];
  #tail: RunEvent[] = [];
  /** The seq of the event before the tail. */
  #packedSeq: number;
  #packedBytes = 0;
  #tailChars = 0;
  readonly #readers = new Set<WokenReader>();
  readonly #onAppend: (bytes: number) => void;
  #isEnded = false;
  #isCut = false;
  #isWaking = false;
  #firstTextAt: number | undefined;
  /** The entry last given to an up-to-date reader, shared with other readers at the same position. */
  #newest: { afterSeq: number; entry: RunLogEntry } | undefined;

  constructor({ onAppend = () => {}, afterSeq = 0 }: RunLogOptions = {}) {
    this.#onAppend = onAppend;
    this.#packedSeq = afterSeq;
  }

  /** The answer so far, with resets applied. */
  readAnswer(): Promise<Answer> {
    return collectAnswer([...this.#blocks.map((block) => block.event), ...this.#tail]);
  }

  /** When the first text was appended, on the clock of `performance.now()`. */
  get firstTextAt(): number | undefined {
    return this.#firstTextAt;
  }

  /** The seq of the newest event, or of the one before the log if there is none. */
  get lastSeq(): number {
    return this.#packedSeq + this.#tail.length;
  }

  /** An estimate of the memory of this log. */
  get bytes(): number {
    return this.#packedBytes + this.#tail.length * EVENT_BYTES + this.#tailChars * 2;
  }

  get isEnded(): boolean {
    return this.#isEnded || this.#isCut;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Forgets all events, to free their memory, and ends the readers where they are. */
  cut(): void {
    this.#isCut = true;
    this.#packedSeq = this.lastSeq;
    this.#packedBytes = 0;
    this.#blocks.length = 0;
    this.#tail = [];
    this.#tailChars = 0;
    this.#newest = undefined;
    this.#wakeReaders();
  }

  /** The events after this seq, unmerged: as many as it takes to reach one of these, or all. */
  eventsAfter(
    seq: number,
    { minChars = Infinity, minEvents = Infinity }: { minChars?: number; minEvents?: number } = {},
  ): RunEvent[] {
    if (seq >= this.#packedSeq) return this.#tail.slice(seq - this.#packedSeq);
    const events: RunEvent[] = [];
    let chars = 0;
    const isEnough = (): boolean => chars >= minChars || events.length >= minEvents;
    for (let index = this.#blockAfter(seq); index < this.#blocks.length && !isEnough(); index += 1) {
      const block = this.#blocks[index];
      if (block === undefined) break;
      events.push(...unpackBlock(block, seq));
      chars += charsOf(block.event);
    }
    return isEnough() ? events : events.concat(this.#tail);
  }

  append(event: RunEvent): void {
    if (this.isEnded) throw new Error('A run has exactly one terminal event, and it is the last.');
    if (event.type === 'message') {
      this.#firstTextAt ??= performance.now();
      // Almost all events are tokens.
      this.#tailChars += event.data.content.length;
    } else {
      this.#isEnded = isTerminal(event);
      this.#tailChars += charsOf(event);
    }
    this.#tail.push(event);
    if (this.#tail.length >= MAX_TAIL_EVENTS || this.#tailChars >= MAX_TAIL_CHARS) this.#packTail();
    this.#wakeReaders();
    this.#onAppend(this.bytes);
  }

  /**
   * Yields the events after a position and then new ones, until the terminal event or until the signal aborts. A reader
   * that falls behind gets adjacent deltas merged into one event, and not the states of a part that the next event
   * replaces, which means fewer events under load and no delay otherwise.
   */
  read<Item>(options: ReadOptions<Item>): RunLogReader<Item> {
    return new RunLogReader(this, options);
  }

  /** Readers at the same position get the same object, so it is merged and encoded once. */
  entryAfter(seq: number): RunLogEntry | undefined {
    const { lastSeq } = this;
    if (seq >= lastSeq) return undefined;
    if (this.#newest?.afterSeq === seq && this.#newest.entry.seq === lastSeq) return this.#newest.entry;
    // A reader that keeps up takes each event by itself.
    const newest = seq === lastSeq - 1 ? this.#tail[seq - this.#packedSeq] : undefined;
    const entry = newest === undefined ? this.#mergeAfter(seq) : { seq: lastSeq, event: newest };
    if (entry?.seq === lastSeq) this.#newest = { afterSeq: seq, entry };
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

  #packTail(): void {
    for (const block of packEvents(this.#tail, this.#packedSeq)) {
      this.#blocks.push(block);
      this.#packedBytes += block.bytes;
    }
    this.#packedSeq += this.#tail.length;
    this.#tail = [];
    this.#tailChars = 0;
  }

  #mergeAfter(afterSeq: number): RunLogEntry | undefined {
    let first = this.#piecesAfter(afterSeq);
    if (first === undefined) return undefined;
    let next = this.#piecesAfter(first.seq);
    while (next !== undefined && isReplacedBy(first.event, next.event)) {
      first = next;
      next = this.#piecesAfter(first.seq);
    }
    let { seq } = first;
    let text = textOf(first.event);
    while (text.length < MAX_MERGED_CHARS) {
      if (next === undefined || !canMerge(first.event, next.event)) break;
      text += textOf(next.event);
      ({ seq } = next);
      next = this.#piecesAfter(seq);
    }
    return seq === first.seq ? first : { seq, event: withText(first.event, text) };
  }

  /** The rest of the block after this seq as one event, or the next event of the tail. */
  #piecesAfter(seq: number): RunLogEntry | undefined {
    if (seq >= this.#packedSeq) {
      const event = this.#tail[seq - this.#packedSeq];
      return event && { seq: seq + 1, event };
    }
    const block = this.#blocks[this.#blockAfter(seq)];
    return block && { seq: block.lastSeq, event: restOfBlock(block, seq) };
  }

  /** The index of the block with the event after this seq. */
  #blockAfter(seq: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.lastSeq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
