// A byte queue with backpressure between a sender and one reader. Bytes go straight to a waiting reader; otherwise they are
// queued, and at `MAX_WAITING_BYTES` the sender is paused.

const MAX_WAITING_BYTES = 65_536;

/** Pauses and resumes the sender. Bytes that arrive after `pause` are queued, too. */
export interface Flow {
  pause(): void;
  resume(): void;
}

export class ByteQueue {
  readonly #flow: Flow;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #isPaused = false;
  #isEnded = false;
  #reader: ((bytes: Uint8Array | undefined) => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** @returns false if the queue has ended and drops the bytes */
  push(bytes: Uint8Array): boolean {
    if (this.#isEnded) return false;
    if (bytes.length === 0) return true;
    if (this.#reader !== undefined) {
      this.#wake(bytes);
      return true;
    }
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= MAX_WAITING_BYTES && !this.#isPaused) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    return true;
  }

  /** Ends the queue. Queued bytes can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake(undefined);
  }

  /** Ends the queue and drops the queued bytes. */
  discard(): void {
    this.end();
    this.#takeAll();
  }

  /** All queued bytes, or else the next ones; undefined at the end. Only one read may be pending. */
  read(): Promise<Uint8Array | undefined> {
    if (this.#chunks.length > 0) return Promise.resolve(this.#takeAll());
    if (this.#isEnded) return Promise.resolve(undefined);
    return new Promise((resolve) => (this.#reader = resolve));
  }

  #takeAll(): Uint8Array | undefined {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#size = 0;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#flow.resume();
    }
    return chunks.length > 1 ? Buffer.concat(chunks) : chunks[0];
  }

  #wake(bytes: Uint8Array | undefined): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(bytes);
  }
}
