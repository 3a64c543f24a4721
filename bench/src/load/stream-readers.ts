// Follows a number of streams, counts their events, and checks that every stream receives every event in order.
import { DelayHistogram, type Delays } from './delay-histogram.ts';
import { requestBytes, type HttpRequest } from './http-request.ts';
import { readStream, type StreamReader } from './stream-reader.ts';

/** A server's backlog holds this many new connections without dropping any. */
const OPEN_AT_ONCE = 200;

export interface StreamReadersOptions {
  port: number;
  request: HttpRequest;
  count: number;
}

export class StreamReaders {
  #readers: StreamReader[] = [];
  #events = 0;
  #outOfOrder = 0;
  readonly #delays = new DelayHistogram();

  get events(): number {
    return this.#events;
  }

  /** The number of events that arrived out of order or twice. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /** The delays of the events since the last call. */
  takeDelays(): Delays {
    return this.#delays.take();
  }

  async open({ port, request, count }: StreamReadersOptions): Promise<void> {
    this.#events = 0;
    this.#outOfOrder = 0;
    const bytes = requestBytes(request);
    const counts = {
      onToken: (delayUs: number) => {
        this.#events += 1;
        this.#delays.record(delayUs);
      },
      onOutOfOrder: () => (this.#outOfOrder += 1),
    };
    for (let opened = 0; opened < count; opened += OPEN_AT_ONCE) {
      const batch = Array.from({ length: Math.min(OPEN_AT_ONCE, count - opened) }, () =>
        readStream(port, bytes, counts),
      );
      this.#readers.push(...(await Promise.all(batch)));
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.leave();
    this.#readers = [];
  }
}
