import { isTrackedEnvelope } from '@trpc/server';
import type { SharedFrames } from './shared-frames.ts';

export interface EventEncoderOptions {
  serialize: (value: unknown) => unknown;
  shared: SharedFrames;
  /** The id that the client came with. */
  lastEventId: string | null;
}

/** Writes the events of one stream as frames. */
export class EventEncoder {
  readonly #options: EventEncoderOptions;
  /** What the client's EventSource holds, and would send when it reconnects. */
  #lastEventId: string | null;

  constructor(options: EventEncoderOptions) {
    this.#options = options;
    const { lastEventId } = options;
    // An id with these characters could not be sent back in an `id` field.
    this.#lastEventId =
      lastEventId === null || lastEventId === '' || /[\0\n\r]/.test(lastEventId) ? null : lastEventId;
  }

  /** @throws whatever the transformer or JSON.stringify throws */
  encode(event: unknown): string {
    const { shared, serialize } = this.#options;
    if (isTrackedEnvelope(event)) {
      const [id, data] = event;
      this.#lastEventId = id;
      const sharedFrame = shared.find(id, data);
      if (sharedFrame !== undefined) return sharedFrame;
      const frame = `data: ${JSON.stringify(serialize(data))}\nid: ${id}\n\n\n`;
      shared.add(id, data, frame);
      return frame;
    }
    const data = `data: ${JSON.stringify(serialize(event))}\n`;
    if (this.#lastEventId === null) return `${data}\n\n`;
    // EventSource gives an event without an id the last one it has seen. So the id is cleared for this event, then set
    // again by an event that nobody listens to.
    return `${data}id: \n\n\nevent: restore-id\ndata: \nid: ${this.#lastEventId}\n\n\n`;
  }
}
