import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { isObject } from '../is-object.ts';
import type { ErrorOrigin, RequestResponse } from '../request-response.ts';
import type { EventEncoder } from './event-encoder.ts';
import { errorFrame, returnFrame } from './frames.ts';
import type { ResponseStream } from './response-stream.ts';

export interface StreamEventsOptions {
  stream: ResponseStream;
  encoder: EventEncoder;
  failures: StreamFailures;
  /** Aborts when the client disconnects, or when the stream has reached its maximum duration. */
  signal: AbortSignal;
}

/**
 * Writes events to a stream as fast as its reader takes them, until they end or the signal aborts. If the stream ends before
 * its events do, `return()` of the iterator is called, so that the `finally` of a generator runs. Never rejects.
 */
export async function streamEvents(
  events: AsyncIterator<unknown>,
  { stream, encoder, failures, signal }: StreamEventsOptions,
): Promise<void> {
  const stop = (): void => {
    stream.end();
    void returnIterator(events, failures);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  try {
    while (!stream.isEnded) {
      // The result has no name here: a variable would keep the last event in memory while the stream is idle.
      writeResult(await events.next(), stream, encoder);
      if (stream.isFull) await stream.whenReady();
    }
  } catch (cause) {
    failures.handle(cause);
    // A generator that threw has ended; one whose event could not be encoded has not.
    await returnIterator(events, failures);
  }
  signal.removeEventListener('abort', stop);
}

function writeResult(result: IteratorResult<unknown>, stream: ResponseStream, encoder: EventEncoder): void {
  if (result.done === true) stream.end(returnFrame);
  else stream.write(encoder.encode(result.value));
}

async function returnIterator(events: AsyncIterator<unknown>, failures: StreamFailures): Promise<void> {
  try {
    await events.return?.();
  } catch (cause) {
    failures.handle(cause);
  }
}

/** Reports the failures of a stream to `onError`, and sends the first one to the client as the last event. */
export class StreamFailures {
  readonly #http: RequestResponse;
  readonly #origin: ErrorOrigin;
  readonly #stream: ResponseStream;

  constructor(http: RequestResponse, origin: ErrorOrigin, stream: ResponseStream) {
    this.#http = http;
    this.#origin = origin;
    this.#stream = stream;
  }

  /** Handles whatever was thrown. A generator that throws because its signal has aborted has not failed. */
  handle(cause: unknown): void {
    if (isAbortError(cause)) {
      this.#stream.end();
      return;
    }
    const error = getTRPCErrorFromUnknown(cause);
    this.#http.report(error, this.#origin);
    this.send(error);
  }

  /** Sends an error that has been reported, and ends the stream. */
  send(error: TRPCError): void {
    try {
      const shape = this.#http.errorShape(error, this.#origin);
      this.#stream.end(errorFrame(this.#http.settings.serialize(shape)));
    } catch (cause) {
      // The router's errorFormatter or transformer fails on errors: the client sees only the end of the stream.
      this.#http.report(getTRPCErrorFromUnknown(cause), this.#origin);
      this.#stream.end();
    }
  }
}

function isAbortError(error: unknown): boolean {
  return isObject(error) && error['name'] === 'AbortError';
}
