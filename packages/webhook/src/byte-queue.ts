// Bytes between one who delivers them and one reader, who may be slower. What comes while the reader waits is handed over
// at once; what comes while it does not is kept, up to a bound at which the deliverer is asked to pause.

const MAX_WAITING_BYTES = 65_536;

/** How the deliverer is slowed down. Bytes that still come after `pause` are kept, too. */
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

  /** False if nobody will read them. */
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

  /** Nothing more comes; what waits can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake(undefined);
  }

  /** Nobody reads any more. */
  discard(): void {
    this.end();
    this.#takeAll();
  }

  /** All that waits, or else what comes next; undefined at the end. One read at a time. */
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
