// The memory of all logs of this instance: those of its own runs, and copies of other instances' runs. When they exceed the budget, logs
// that followers can read from the database are dropped first. If that is not enough, runs pause their agents, and the
// largest run ends, one at a time, until the rest fits.

/** `ending`: the answer is being saved, which frees its memory. `copy` and `ended` can be read from the database. */
type ShareState = 'growing' | 'ending' | 'ended' | 'copy';

/** An overload ends when the active runs take less than this share of the budget, so that new ones have room. */
const CALM_SHARE = 0.75;

/** What one log takes of the budget. */
export interface LogShare {
  /** Counts the memory that the log takes now. Runs for every token. */
  count(bytes: number): void;
  /** Gives the memory back: the log is gone. */
  release(): void;
}

/** The share of a run that this instance executes. */
export interface RunShare extends LogShare {
  /** The run grows no more and is about to be saved. */
  ending(): void;
  /** The run is saved. From now on, the budget may call `drop`. */
  ended(drop: () => void): void;
}

interface Share {
  state: ShareState;
  bytes: number;
  /** Ends a growing run; drops the log of an ended one, or a copy. */
  free: () => void;
}

export class LogBudget {
  readonly #maxBytes: number;
  readonly #onShort: () => void;
  /** Oldest first. */
  readonly #shares = new Set<Share>();
  readonly #waiting = new Set<() => void>();
  #bytes = 0;
  #isShort = false;

  /** @param onShort called when logs do not fit although everything that can be read elsewhere is dropped */
  constructor(maxBytes: number, onShort: () => void = () => {}) {
    this.#maxBytes = maxBytes;
    this.#onShort = onShort;
  }

  /** The memory of all logs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the active runs lately exceeded the budget, and still leave little of it for new ones. */
  get isShort(): boolean {
    if (!this.#isShort) return false;
    let bytes = 0;
    for (const share of this.#shares) if (isActive(share)) bytes += share.bytes;
    this.#isShort = bytes > this.#maxBytes * CALM_SHARE;
    return this.#isShort;
  }

  /** @param end ends the run; it must call `ending` or `ended` soon, whatever it is waiting for */
  addRun(end: () => void): RunShare {
    const share = this.#add('growing', end);
    return {
      count: (bytes) => this.#count(share, bytes),
      release: () => this.#release(share),
      ending: () => (share.state = 'ending'),
      ended: (drop) => {
        share.state = 'ended';
        share.free = drop;
        this.#relieve();
      },
    };
  }

  /** @param drop forgets the copy; its followers read on from the journal */
  addCopy(drop: () => void): LogShare {
    const share = this.#add('copy', drop);
    return { count: (bytes) => this.#count(share, bytes), release: () => this.#release(share) };
  }

  /**
   * Undefined if a run may go on reading its agent's answer. Otherwise resolves when it may, and rejects with the
   * signal's reason when that aborts.
   */
  room(signal: AbortSignal): Promise<void> | undefined {
    return this.#bytes <= this.#maxBytes ? undefined : this.#waitForRoom(signal);
  }

  async #waitForRoom(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const woken = Promise.withResolvers<void>();
    const onAbort = (): void => woken.reject(signal.reason);
    this.#waiting.add(woken.resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await woken.promise;
    } finally {
      this.#waiting.delete(woken.resolve);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #add(state: ShareState, free: () => void): Share {
    const share: Share = { state, bytes: 0, free };
    this.#shares.add(share);
    return share;
  }

  #count(share: Share, bytes: number): void {
    if (!this.#shares.has(share)) return;
    this.#bytes += bytes - share.bytes;
    share.bytes = bytes;
    if (this.#bytes > this.#maxBytes || this.#waiting.size > 0) this.#relieve();
  }

  #release(share: Share): void {
    if (this.#shares.delete(share)) this.#bytes -= share.bytes;
    this.#relieve();
  }

  /** Frees memory if the logs do not fit, and wakes the runs that wait if they do. */
  #relieve(): void {
    if (this.#bytes > this.#maxBytes) this.#dropReadable();
    if (this.#bytes <= this.#maxBytes) {
      for (const wake of this.#waiting) wake();
      return;
    }
    this.#isShort = true;
    this.#onShort();
    // A run that ends frees its memory when it is saved. Until then, the others wait.
    if (this.#in('ending').length > 0) return;
    const [largest] = this.#in('growing').toSorted(largestFirst);
    if (largest === undefined) return;
    largest.state = 'ending';
    largest.free();
  }

  /** Drops logs that followers can read from the database, until the others fit. */
  #dropReadable(): void {
    for (const share of [...this.#in('ended'), ...this.#in('copy').toSorted(largestFirst)]) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#shares.delete(share);
      this.#bytes -= share.bytes;
      share.free();
    }
  }

  #in(state: ShareState): Share[] {
    return Array.from(this.#shares).filter((share) => share.state === state);
  }
}

function isActive({ state }: Share): boolean {
  return state === 'growing' || state === 'ending';
}

function largestFirst(one: Share, other: Share): number {
  return other.bytes - one.bytes;
}
