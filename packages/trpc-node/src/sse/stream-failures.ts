import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { errorShape } from '../error-shape.ts';
import type { ErrorOrigin, Exchange } from '../exchange.ts';
import type { EventStream } from './event-stream.ts';
import { errorFrame } from './frames.ts';
import { isAbortError } from './is-abort-error.ts';

/** Where a stream's failures go: to `onError`, and as the last event to the client. */
export class StreamFailures {
  readonly #exchange: Exchange;
  readonly #origin: ErrorOrigin;
  readonly #stream: EventStream;

  constructor(exchange: Exchange, origin: ErrorOrigin, stream: EventStream) {
    this.#exchange = exchange;
    this.#origin = origin;
    this.#stream = stream;
  }

  /** Takes what was thrown. That a generator has seen its signal is no failure. */
  take(cause: unknown): void {
    if (isAbortError(cause)) {
      this.#stream.end();
      return;
    }
    const error = getTRPCErrorFromUnknown(cause);
    this.#exchange.report(error, this.#origin);
    this.send(error);
  }

  /** Sends an error that has been reported, and ends the stream. */
  send(error: TRPCError): void {
    try {
      const shape = errorShape(this.#exchange, error, this.#origin);
      this.#stream.end(errorFrame(this.#exchange.settings.serialize(shape)));
    } catch (cause) {
      // The router's errorFormatter, or its transformer, fails on errors: nothing is left that could be told.
      this.#exchange.report(getTRPCErrorFromUnknown(cause), this.#origin);
      this.#stream.end();
    }
  }
}
