interface SharedFrame {
  id: string;
  data: object;
  frame: string;
}

/** Followers of an event are woken one after the other, so the newest few are all that is asked for. */
const MAX_FRAMES = 8;

/**
 * The newest frames of this tick: subscribers who follow the same event, which is the same object under the same id, get
 * the same text, encoded once. They are forgotten at the end of the tick, so an object that is yielded again later,
 * changed, is encoded anew. (A WeakMap would keep frames for as long as the events live, and costs several times as much
 * for each event that only one subscriber follows.)
 */
export class SharedFrames {
  readonly #frames: SharedFrame[] = [];
  #next = 0;

  find(id: string, data: unknown): string | undefined {
    for (const shared of this.#frames) {
      if (shared.data === data && shared.id === id) return shared.frame;
    }
    return undefined;
  }

  add(id: string, data: unknown, frame: string): void {
    if (typeof data !== 'object' || data === null) return;
    if (this.#frames.length === 0) process.nextTick(this.#forget);
    this.#frames[this.#next] = { id, data, frame };
    this.#next = (this.#next + 1) % MAX_FRAMES;
  }

  readonly #forget = (): void => {
    this.#frames.length = 0;
    this.#next = 0;
  };
}
