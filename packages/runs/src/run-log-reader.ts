// One reader of a run's log. Written by hand where a generator would read better: this is on the way of every token to
// every follower, and a chain of async generators costs 2 us and a kilobyte of garbage an event. It also ends at once
// when it is told to; a generator that waits cannot be.
import type { RunLogEntry } from './run-event.ts';

/** What a reader asks of the log that it reads. */
export interface ReadableRunLog {
  /** No more will be appended. */
  readonly isEnded: boolean;
  entryAfter(seq: number): RunLogEntry | undefined;
  addReader(reader: WokenReader): void;
  deleteReader(reader: WokenReader): void;
}

export interface WokenReader {
  wake(): void;
}

export interface ReadOptions<Item> {
  /** Where to begin: after the event with this seq; 0 is the beginning. */
  afterSeq: number;
  /** Makes of an entry what the reader gives. */
  present: (entry: RunLogEntry) => Item;
  /** Given before anything else. */
  startWith?: RunLogEntry | undefined;
  /** Ends it when it aborts; with the signal's reason as its failure, unless that is an AbortError: the reader has left. */
  signal?: AbortSignal | undefined;
  /** Called once, when it has ended or has been left. */
  onClose?: () => void;
}

export class RunLogReader<Item> implements AsyncIterableIterator<Item, undefined>, WokenReader {
  readonly #log: ReadableRunLog;
  readonly #options: ReadOptions<Item>;
  #seq: number;
  #startWith: RunLogEntry | undefined;
  #isClosed = false;
  /** Of the `next()` that waits. */
  #waiting: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;
  /** What is to be thrown, once. */
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

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects where the call before it is still waiting. */
  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#waiting !== undefined) return Promise.reject(new Error('ask for one event at a time'));
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
    this.#waiting.resolve(result);
    this.#waiting = undefined;
  }

  /** The signal has aborted. (An object as a listener: one closure less for each open stream.) */
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
    const entry = this.#startWith ?? this.#log.entryAfter(this.#seq);
    if (entry !== undefined) {
      if (this.#startWith === undefined) this.#seq = entry.seq;
      else this.#startWith = undefined;
      return { done: false, value: this.#options.present(entry) };
    }
    if (!this.#log.isEnded) return undefined;
    this.#close();
    return ended;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#log.deleteReader(this);
    this.#options.signal?.removeEventListener('abort', this);
    this.#options.onClose?.();
    // Of no effect where it has been rejected.
    this.#waiting?.resolve(ended);
    this.#waiting = undefined;
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };
