// All open streams of a handler: what they share so that an event costs each of them as little as possible.
import { SharedFrames } from './shared-frames.ts';

/** A stream, as seen from here. */
export interface OpenStream {
  /** Writes what has been gathered. */
  flush(nowMs: number): void;
  /** Pings, or cuts off a reader that takes nothing. */
  check(nowMs: number, limits: CheckLimits): void;
  /** Ends it as a lost connection would, but with all that was gathered: its client connects again. */
  leave(): void;
}

export interface StreamTimes {
  /** Infinity: no pings. */
  pingMs: number;
  maxStallMs: number;
}

export interface CheckLimits extends StreamTimes {
  /** How long until the next check. */
  checkMs: number;
}

export class OpenStreams {
  readonly frames = new SharedFrames();
  readonly #streams = new Set<OpenStream>();
  readonly #limits: CheckLimits;
  #isClosed = false;
  #toFlush: OpenStream[] = [];
  #checks: NodeJS.Timeout | undefined;

  constructor(times: StreamTimes) {
    // Often enough to be never much too late, seldom enough to cost nothing.
    const checkMs = Math.min(1_000, Math.max(5, Math.min(times.pingMs, times.maxStallMs) / 8));
    this.#limits = { ...times, checkMs };
  }

  add(stream: OpenStream): void {
    this.#streams.add(stream);
    if (this.#isClosed) stream.leave();
    // One timer for all: a timer a stream would have to be re-armed with each event.
    this.#checks ??= setInterval(this.#check, this.#limits.checkMs).unref();
  }

  delete(stream: OpenStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#checks);
    this.#checks = undefined;
  }

  /** Ends all streams, and those to come, so that their clients connect again: to another server, it is hoped. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.leave();
  }

  /**
   * Has a stream flushed at the end of this tick, after all promises that can settle have: what happens in one tick goes
   * out in one write.
   */
  flushSoon(stream: OpenStream): void {
    if (this.#toFlush.length === 0) process.nextTick(this.#flush);
    this.#toFlush.push(stream);
  }

  readonly #flush = (): void => {
    const streams = this.#toFlush;
    this.#toFlush = [];
    const nowMs = performance.now();
    for (const stream of streams) stream.flush(nowMs);
  };

  readonly #check = (): void => {
    const nowMs = performance.now();
    for (const stream of this.#streams) stream.check(nowMs, this.#limits);
  };
}
