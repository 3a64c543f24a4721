// The events of one run, in memory: one writer, any number of readers. The writer executes the run, or copies the
// journal of one that another instance executes.
import { isTerminal, type RunEvent, type RunLogEntry } from './run-event.ts';

/** A merged event grows no longer than this, so that one slow reader of a long answer costs little memory at a time. */
const MAX_MERGED_CHARS = 64 * 1024;

export class RunLog {
  readonly #events: RunEvent[] = [];
  readonly #wakeReaders = new Set<() => void>();
  readonly #onAppend: () => void;
  #text = '';
  #isEnded = false;

  /** @param onAppend told of every event, on the way of every token: it must be cheap */
  constructor(onAppend: () => void = () => {}) {
    this.#onAppend = onAppend;
  }

  /** The answer so far, as a reader of all events would have it. */
  get text(): string {
    return this.#text;
  }

  /** The seq of the newest event; 0 while there is none. */
  get lastSeq(): number {
    return this.#events.length;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get hasReaders(): boolean {
    return this.#wakeReaders.size > 0;
  }

  /** The events after one of them, as they were appended. */
  eventsAfter(seq: number): RunEvent[] {
    return this.#events.slice(seq);
  }

  append(event: RunEvent): void {
    if (this.#isEnded) throw new Error('a run has exactly one terminal event, and it is the last');
    if (event.type === 'message') {
      this.#text = event.data.reset === true ? event.data.content : this.#text + event.data.content;
    }
    this.#isEnded = isTerminal(event);
    this.#events.push(event);
    for (const wake of this.#wakeReaders) wake();
    this.#onAppend();
  }

  /**
   * The events after `afterSeq`, then those to come, until the terminal one or until `signal` aborts. A reader that is
   * behind gets adjacent deltas merged into one event: fewer events under load, no delay when there is none.
   */
  async *read(afterSeq: number, signal?: AbortSignal): AsyncGenerator<RunLogEntry> {
    let wake = (): void => {};
    const wakeReader = (): void => wake();
    this.#wakeReaders.add(wakeReader);
    signal?.addEventListener('abort', wakeReader);
    try {
      let seq = afterSeq;
      while (signal?.aborted !== true) {
        const entry = this.#mergedEntryAfter(seq);
        if (entry !== undefined) {
          seq = entry.seq;
          yield entry;
        } else if (this.#isEnded) {
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      this.#wakeReaders.delete(wakeReader);
      signal?.removeEventListener('abort', wakeReader);
    }
  }

  #mergedEntryAfter(afterSeq: number): RunLogEntry | undefined {
    const first = this.#events[afterSeq];
    if (first === undefined) return undefined;
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
