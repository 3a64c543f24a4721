import type { EventEncoder } from './event-encoder.ts';
import type { EventStream } from './event-stream.ts';
import { returnFrame } from './frames.ts';
import type { StreamFailures } from './stream-failures.ts';

export interface StreamEventsOptions {
  stream: EventStream;
  encoder: EventEncoder;
  failures: StreamFailures;
  /** Aborts when the client has left, or the stream has lasted long enough. */
  signal: AbortSignal;
}

/**
 * Moves events to a stream as fast as its reader takes them, until there are no more or the signal aborts. However it
 * comes to an end, the events are told, so that the `finally` of a generator runs. Never rejects.
 */
export async function streamEvents(
  events: AsyncIterator<unknown>,
  { stream, encoder, failures, signal }: StreamEventsOptions,
): Promise<void> {
  const leave = (): void => {
    stream.end();
    void endEvents(events, failures);
  };
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave);
  try {
    while (!stream.isEnded) {
      const result = await events.next();
      if (result.done === true) {
        stream.end(returnFrame);
      } else {
        stream.write(encoder.encode(result.value));
        if (stream.isFull) await stream.whenReady();
      }
    }
  } catch (cause) {
    failures.take(cause);
    // One that threw has ended; one whose event could not be encoded has not.
    await endEvents(events, failures);
  }
  signal.removeEventListener('abort', leave);
}

async function endEvents(events: AsyncIterator<unknown>, failures: StreamFailures): Promise<void> {
  try {
    await events.return?.();
  } catch (cause) {
    failures.take(cause);
  }
}
