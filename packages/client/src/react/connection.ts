// Whether the server is reachable. After a request without an answer, probes the server until it responds.

export type ConnectionState = 'online' | 'offline' | 'reconnecting';

const PROBE_MS = 2_000;

export class Connection {
  readonly #probe: () => Promise<boolean>;
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = isBrowserOnline() ? 'online' : 'offline';
  #isProbing = false;

  /** @param probe asks whether the server is reachable; called every 2 s while it is not */
  constructor(probe: () => Promise<boolean>) {
    this.#probe = probe;
  }

  readonly getState = (): ConnectionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Call when a request got no answer, or a stream broke off. */
  readonly reportUnreachable = (): void => {
    this.#set(isBrowserOnline() ? 'reconnecting' : 'offline');
    if (this.#isProbing) return;
    this.#isProbing = true;
    setTimeout(() => void this.#check(), 0);
  };

  /** Resolves when the server is reachable. */
  async waitUntilOnline(): Promise<void> {
    if (this.#state === 'online') return;
    await new Promise<void>((resolve) => {
      const unsubscribe = this.subscribe(() => {
        if (this.#state !== 'online') return;
        unsubscribe();
        resolve();
      });
    });
  }

  /** Listens to the browser's own signs. The returned function stops that. */
  watch(): () => void {
    if (!('addEventListener' in globalThis)) return () => {};
    addEventListener('offline', this.reportUnreachable);
    // Online for the browser means any network at all: the server may still be unreachable.
    addEventListener('online', this.reportUnreachable);
    if (this.#state === 'offline') this.reportUnreachable();
    return () => {
      removeEventListener('offline', this.reportUnreachable);
      removeEventListener('online', this.reportUnreachable);
    };
  }

  async #check(): Promise<void> {
    const isUp = await this.#probe().catch(() => false);
    if (isUp) {
      this.#isProbing = false;
      this.#set('online');
    } else {
      this.#set(isBrowserOnline() ? 'reconnecting' : 'offline');
      setTimeout(() => void this.#check(), PROBE_MS);
    }
  }

  #set(next: ConnectionState): void {
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

/** Node.js has no navigator, or one without `onLine`. */
function isBrowserOnline(): boolean {
  return 'navigator' in globalThis && 'onLine' in navigator ? navigator.onLine : true;
}
