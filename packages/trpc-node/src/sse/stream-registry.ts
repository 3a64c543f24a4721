/** A stream, as the registry needs it. */
export interface RegisteredStream {
  /** Writes the text gathered in this tick. */
  flush(nowMs: number): void;
  /** Sends a ping if one is due, or disconnects a stalled reader. */
  check(nowMs: number, limits: CheckLimits): void;
  /** Ends the stream after the text gathered so far, without marking it complete: its client reconnects. */
  close(): void;
}

export interface StreamRegistryOptions {
  /** A reader that takes no data for this long is disconnected. Default 30 s. */
  maxStallMs?: number | undefined;
  /** Text written to a stream that has been silent for `intervalMs`, or up to an eighth less. Default: no pings. */
  ping?: { intervalMs: number; frame: string };
}

export interface CheckLimits {
  maxStallMs: number;
  /** Infinity: no pings. */
  pingMs: number;
  pingFrame: string;
  /** How long until the next check. */
  checkMs: number;
}

const DEFAULT_MAX_STALL_MS = 30_000;

/** All open streams of a handler, and the work that they share to keep the cost of an event low. */
export class StreamRegistry {
  readonly #streams = new Set<RegisteredStream>();
  readonly #limits: CheckLimits;
  #isClosed = false;
  #toFlush: RegisteredStream[] = [];
  #checks: NodeJS.Timeout | undefined;

  constructor({ maxStallMs = DEFAULT_MAX_STALL_MS, ping }: StreamRegistryOptions = {}) {
    const pingMs = ping?.intervalMs ?? Infinity;
    // Frequent enough for short limits to be kept, and rare enough to cost nothing with long ones.
    const checkMs = Math.min(1_000, Math.max(5, Math.min(pingMs, maxStallMs) / 8));
    this.#limits = { maxStallMs, pingMs, pingFrame: ping?.frame ?? '', checkMs };
  }

  add(stream: RegisteredStream): void {
    this.#streams.add(stream);
    if (this.#isClosed) stream.close();
    // One timer for all streams: a timer for each would have to be restarted with each event.
    this.#checks ??= setInterval(this.#check, this.#limits.checkMs).unref();
  }

  delete(stream: RegisteredStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#checks);
    this.#checks = undefined;
  }

  /** Ends all streams, and every later one, so that their clients reconnect to another server. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.close();
  }

  /**
   * Flushes a stream at the end of this tick, after all promises that can settle have settled. All events of a tick thus
   * go out in one write.
   */
  flushSoon(stream: RegisteredStream): void {
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
