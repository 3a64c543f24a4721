import type { ResponseWriter } from '../node-http.ts';
import { bodyWriter, type BodyWriter } from './body-writer.ts';
import { pingFrame } from './frames.ts';
import type { CheckLimits, OpenStream, OpenStreams } from './open-streams.ts';

/** How much a stream gathers in one tick before it lets the others have their turn. */
const MAX_GATHERED_CHARS = 64 * 1024;

/** What a stream needs of the exchange that it is the answer of. */
export interface StreamExchange {
  readonly response: ResponseWriter;
  /** Aborted where the client has left already: then nobody is told that the response has closed. */
  readonly signal: AbortSignal;
  abort(): void;
}

/**
 * The writing end of one subscription: gathers the frames of a tick, writes them at once, and knows whether its reader
 * keeps up. What it holds for a reader that does not is the socket's buffer, plus what was gathered in one tick.
 */
export class EventStream implements OpenStream {
  readonly #response: ResponseWriter;
  readonly #body: BodyWriter;
  readonly #open: OpenStreams;
  #gathered = '';
  #isScheduled = false;
  #isEnded = false;
  #lastWriteMs = performance.now();
  /** Since when the reader has not taken what was written; undefined while it keeps up. */
  #stalledSinceMs: number | undefined;
  #resume: (() => void) | undefined;
  readonly #exchange: StreamExchange;

  /** @param exchange its response with its head written */
  constructor(exchange: StreamExchange, open: OpenStreams) {
    const { response, signal } = exchange;
    this.#exchange = exchange;
    this.#response = response;
    this.#body = bodyWriter(response);
    this.#open = open;
    this.#isEnded = signal.aborted;
    if (signal.aborted) return;
    open.add(this);
    response.on('close', () => this.#onClose());
  }

  /** No more is written: the stream has been ended, or its client has left. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The next event should wait for `whenReady`. */
  get isFull(): boolean {
    return this.#stalledSinceMs !== undefined || this.#gathered.length >= MAX_GATHERED_CHARS;
  }

  write(frame: string): void {
    if (this.#isEnded) return;
    this.#gathered += frame;
    if (this.#stalledSinceMs === undefined) this.#schedule();
  }

  /** Resolves once the reader has caught up, or the stream has ended. */
  whenReady(): Promise<void> {
    if (this.#isEnded || !this.isFull) return Promise.resolve();
    return new Promise((resolve) => (this.#resume = resolve));
  }

  /** Ends the stream after what has been gathered, and `frame`. */
  end(frame = ''): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // It is watched on until all of it has been taken.
    this.#stalledSinceMs = performance.now();
    this.#response.end(this.#gathered + frame, 'utf8');
    this.#gathered = '';
    this.#resume?.();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#response.destroy();
  }

  leave(): void {
    this.#exchange.abort();
  }

  flush(nowMs: number): void {
    this.#isScheduled = false;
    if (this.#isEnded) return;
    const isTaken = this.#body.write(this.#gathered);
    this.#gathered = '';
    this.#lastWriteMs = nowMs;
    if (!isTaken) {
      this.#stalledSinceMs = nowMs;
      this.#body.once('drain', () => this.#onDrain());
    } else if (this.#resume !== undefined) {
      // Not at once: a generator that never waits would keep all others from theirs.
      setImmediate(this.#resume);
      this.#resume = undefined;
    }
  }

  check(nowMs: number, { pingMs, maxStallMs, checkMs }: CheckLimits): void {
    if (this.#stalledSinceMs !== undefined) {
      if (nowMs - this.#stalledSinceMs >= maxStallMs) this.destroy();
    } else if (nowMs + checkMs - this.#lastWriteMs > pingMs) {
      // Rather a little early than late: the client may wait no longer than the interval itself.
      this.write(pingFrame);
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#open.flushSoon(this);
  }

  #onDrain(): void {
    this.#stalledSinceMs = undefined;
    if (this.#gathered !== '') this.#schedule();
    this.#resume?.();
    this.#resume = undefined;
  }

  #onClose(): void {
    this.#isEnded = true;
    this.#open.delete(this);
    this.#gathered = '';
    this.#resume?.();
  }
}
