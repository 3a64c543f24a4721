// Where the events of the streams come from. Every stream has its own, as every chat has its own answer; each is made
// by one shared ticker, and carries its number and the time it was made, so that the other end can check both.
import { nowUs } from '../measure/clock.ts';
import { formatToken } from './token-text.ts';

/** As a chat's stream has them: the id to resume from, and the event. */
export interface FeedEvent {
  id: string;
  event: { type: 'message'; data: { content: string } };
}

export interface Subscription {
  /** Whether it takes more now. At saturation, only streams that do are given events; at a pace, all are. */
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

  /** A stream as a callback: for those who write by themselves. */
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

  /** A stream as an async generator: for those who follow one. It is ready when all it was given has been taken. */
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

  /** One event for every stream. */
  makeOneEach(): void {
    const madeUs = nowUs();
    for (const stream of this.#streams) makeEvent(stream, madeUs);
  }

  /** Makes that many events a second for each stream, evenly spread; what came due while it could not run, at once. */
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

  /** In every turn of the event loop, makes an event for each stream that takes it. */
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

  /** Of the streams that are open, how many events were made. */
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
