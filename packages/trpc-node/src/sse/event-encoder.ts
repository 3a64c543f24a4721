import { isTrackedEnvelope } from '@trpc/server';
import { restoreIdFrame, trpcFrame } from './frames.ts';

export interface EventEncoderOptions {
  serialize: (value: unknown) => unknown;
  sharedFrames: SharedFrames;
  /** The id with which the client connected. */
  lastEventId: string | null;
}

/** Encodes the events of one subscription as frames. */
export class EventEncoder {
  readonly #options: EventEncoderOptions;
  /** The id that the client's EventSource holds, and sends when it reconnects. */
  #lastEventId: string | null;

  constructor(options: EventEncoderOptions) {
    this.#options = options;
    const { lastEventId } = options;
    // An `id` field cannot carry these characters back.
    this.#lastEventId =
      lastEventId === null || lastEventId === '' || /[\0\n\r]/.test(lastEventId) ? null : lastEventId;
  }

  /** @throws whatever the transformer or JSON.stringify throws */
  encode(event: unknown): string {
    const { sharedFrames, serialize } = this.#options;
    if (isTrackedEnvelope(event)) {
      const [id, data] = event;
      this.#lastEventId = id;
      const known = sharedFrames.find(id, data);
      if (known !== undefined) return known;
      const frame = trpcFrame(JSON.stringify(serialize(data)), id);
      sharedFrames.add(id, data, frame);
      return frame;
    }
    const data = JSON.stringify(serialize(event));
    if (this.#lastEventId === null) return trpcFrame(data);
    // EventSource assigns the previous id to an event without one. So this event clears the id, and the next restores it.
    return trpcFrame(data, '') + restoreIdFrame(this.#lastEventId);
  }
}

interface SharedFrame {
  id: string;
  data: object;
  frame: string;
}

/** Subscribers handle an event one after the other, so only the newest few frames are looked up. */
const MAX_FRAMES = 8;

/**
 * The newest frames of this tick, so that an event with several subscribers is encoded once. An event is the same if its
 * data is the same object and its id is equal. Frames are dropped at the end of the tick: an object that is changed and
 * yielded again later is encoded again. (A WeakMap would keep frames for as long as their events live, and costs several
 * times as much for an event with a single subscriber.)
 */
export class SharedFrames {
  readonly #frames: SharedFrame[] = [];
  #next = 0;

  find(id: string, data: unknown): string | undefined {
    for (const known of this.#frames) {
      if (known.data === data && known.id === id) return known.frame;
    }
    return undefined;
  }

  add(id: string, data: unknown, frame: string): void {
    if (typeof data !== 'object' || data === null) return;
    if (this.#frames.length === 0) process.nextTick(this.#clear);
    this.#frames[this.#next] = { id, data, frame };
    this.#next = (this.#next + 1) % MAX_FRAMES;
  }

  readonly #clear = (): void => {
    this.#frames.length = 0;
    this.#next = 0;
  };
}
