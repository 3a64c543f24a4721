// One reader of a run's log. It is a hand-written iterator because every token passes through it for every follower: a
// chain of async generators costs 2 us and a kilobyte of garbage per event. It can also be ended while it waits, which
// a generator cannot.
import type { RunLogEntry } from './run-event.ts';

/** The part of a run's log that a reader uses. */
export interface ReadableRunLog {
  /** True once no more events can be appended. */
  readonly isEnded: boolean;
  /** True if the log was ended and emptied before its terminal event, to free its memory. */
  readonly isCut: boolean;
  entryAfter(seq: number): RunLogEntry | undefined;
  addReader(reader: WokenReader): void;
  deleteReader(reader: WokenReader): void;
}

export interface WokenReader {
  wake(): void;
}

export interface ReadOptions<Item> {
  /** Start after the event with this seq; 0 is the beginning. */
  afterSeq: number;
  /** Converts an entry to the item that the reader yields; undefined skips the entry. */
  present: (entry: RunLogEntry) => Item | undefined;
  /** Yielded before everything else. */
  startWith?: RunLogEntry | undefined;
  /** Ends the reader on abort. It then fails with the signal's reason, unless that is an AbortError. */
  signal?: AbortSignal | undefined;
  /** Called once, when the reader has ended or was closed. */
  onClose?: () => void;
}

export class RunLogReader<Item> implements AsyncIterableIterator<Item, undefined>, WokenReader {
  readonly #log: ReadableRunLog;
  readonly #options: ReadOptions<Item>;
  #seq: number;
  #startWith: RunLogEntry | undefined;
  #isClosed = false;
  /** Resolves the pending `next()`. */
  #waiting: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;
  /** Thrown by the next call of `next()`, once. */
  #failure: { reason: unknown } | undefined;

  constructor(log: ReadableRunLog, options: ReadOptions<Item>) {
    this.#log = log;
    this.#options = options;
    this.#seq = options.afterSeq;
    this.#startWith = options.startWith;
    log.addReader(this);
    const { signal } = options;
    if (signal?.aborted === true) this.handleEvent();
    else signal?.addEventListener('abort', this);
  }

  /** The seq of the last event that was taken from the log. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether the log has more events elsewhere, after `seq`. */
  get isCut(): boolean {
    return this.#log.isCut;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects if the previous call is still pending. */
  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#waiting !== undefined)
      return Promise.reject(new Error('Wait for the previous next() before you call it again.'));
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#failure = undefined;
      return Promise.reject(failure.reason);
    }
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#close();
    return Promise.resolve(ended);
  }

  wake(): void {
    if (this.#waiting === undefined) return;
    const result = this.#take();
    if (result === undefined) return;
    // A log that was cut has closed this reader.
    this.#waiting?.resolve(result);
    this.#waiting = undefined;
  }

  /** Handles the abort event. An object as the listener saves one closure per open stream. */
  handleEvent(): void {
    if (this.#isClosed) return;
    const reason: unknown = this.#options.signal?.reason;
    const isLeft = reason instanceof Error && reason.name === 'AbortError';
    if (!isLeft && this.#waiting === undefined) this.#failure = { reason };
    if (!isLeft) this.#waiting?.reject(reason);
    this.#close();
  }

  #take(): IteratorResult<Item, undefined> | undefined {
    if (this.#isClosed) return ended;
    let entry = this.#nextEntry();
    while (entry !== undefined) {
      const value = this.#options.present(entry);
      if (value !== undefined) return { done: false, value };
      entry = this.#nextEntry();
    }
    if (!this.#log.isEnded) return undefined;
    this.#close();
    return ended;
  }

  #nextEntry(): RunLogEntry | undefined {
    const entry = this.#startWith ?? this.#log.entryAfter(this.#seq);
    if (entry === undefined) return undefined;
    if (this.#startWith === undefined) this.#seq = entry.seq;
    else this.#startWith = undefined;
    return entry;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#log.deleteReader(this);
    this.#options.signal?.removeEventListener('abort', this);
    this.#options.onClose?.();
    // No effect if it was rejected above.
    this.#waiting?.resolve(ended);
    this.#waiting = undefined;
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };
