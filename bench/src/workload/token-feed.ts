// The source of the streams' events. Every stream has different events, as every chat has a different answer. One shared ticker
// creates them. Each event carries its number and its time of creation, which the reader checks.
import { nowUs } from '../measure/clock.ts';
import { formatToken } from './token-text.ts';

/** An event of a chat's stream: the id to resume from, and the event. */
export interface FeedEvent {
  id: string;
  event: { type: 'message'; data: { content: string } };
}

export interface Subscription {
  /** Whether the stream takes more events now. A saturating feed waits for this; a paced feed does not. */
  isReady: boolean;
  close(): void;
}

interface Stream extends Subscription {
  seq: number;
  push: (event: FeedEvent) => void;
}

const RUN_ID = '019a0b5c-8f5e-7c3a-9b1d-2f4e6a8c0d1e';
const TICK_MS = 1;

export class TokenFeed {
  readonly #streams: Stream[] = [];
  #isRunning = false;
  #stopTicker = (): void => {};

  get streamCount(): number {
    return this.#streams.length;
  }

  /** Opens a stream that calls `push`, for contestants that write the frames themselves. */
  open(push: (event: FeedEvent) => void): Subscription {
    const streams = this.#streams;
    const stream: Stream = {
      seq: 0,
      isReady: true,
      push,
      close() {
        const index = streams.indexOf(stream);
        if (index !== -1) streams.splice(index, 1);
      },
    };
    streams.push(stream);
    return stream;
  }

  /** Opens a stream as an async generator. It is ready when all of its events have been read. */
  async *read(signal: AbortSignal | undefined): AsyncGenerator<FeedEvent> {
    const queue: FeedEvent[] = [];
    let wake = (): void => {};
    const subscription = this.open((event) => {
      queue.push(event);
      subscription.isReady = false;
      wake();
    });
    const stop = (): void => wake();
    signal?.addEventListener('abort', stop);
    try {
      let next = 0;
      while (signal?.aborted !== true) {
        const event = queue[next];
        if (event !== undefined) {
          next += 1;
          yield event;
          continue;
        }
        queue.length = 0;
        next = 0;
        subscription.isReady = true;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      subscription.close();
    }
  }

  /** Creates one event for every stream. */
  makeOneEach(): void {
    const madeUs = nowUs();
    for (const stream of this.#streams) makeEvent(stream, madeUs);
  }

  /** Creates events at an even pace for each stream. Events that are overdue are created at once. */
  startPaced(perStreamPerSecond: number): void {
    const startUs = nowUs();
    let made = 0;
    let next = 0;
    const timer = setInterval(() => {
      const madeUs = nowUs();
      const perSecond = perStreamPerSecond * this.#streams.length;
      const due = Math.floor(((madeUs - startUs) / 1e6) * perSecond);
      for (; made < due; made++) {
        next = (next + 1) % this.#streams.length;
        const stream = this.#streams[next];
        if (stream !== undefined) makeEvent(stream, madeUs);
      }
    }, TICK_MS);
    this.#start(() => clearInterval(timer));
  }

  /** Creates an event for each ready stream in every turn of the event loop. */
  startSaturating(): void {
    const turn = (): void => {
      if (!this.#isRunning) return;
      const madeUs = nowUs();
      for (const stream of this.#streams) if (stream.isReady) makeEvent(stream, madeUs);
      setImmediate(turn);
    };
    this.#start(() => {});
    setImmediate(turn);
  }

  stop(): void {
    this.#isRunning = false;
    this.#stopTicker();
  }

  /** The number of events created for the open streams. */
  get eventsMade(): number {
    return this.#streams.reduce((sum, { seq }) => sum + seq, 0);
  }

  #start(stopTicker: () => void): void {
    this.stop();
    this.#isRunning = true;
    this.#stopTicker = stopTicker;
  }
}

function makeEvent(stream: Stream, madeUs: number): void {
  stream.seq += 1;
  stream.push({
    id: `${RUN_ID}:${stream.seq}`,
    event: { type: 'message', data: { content: formatToken(stream.seq, madeUs) } },
  });
}
