// EventSource on `fetch`: for Node.js, which has no EventSource, and for browsers with an API key, since the native one
// cannot send headers.
import { EventSource } from 'eventsource';

/** The maximum delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Keeps the process alive until it is closed. The package's reconnect timer is unref'd: without this, a program that
 * loses its connection in the middle of an answer would exit with code 0.
 */
export class FetchEventSource extends EventSource {
  readonly #keepAlive = setInterval(() => {}, MAX_TIMER_MS);

  override close(): void {
    clearInterval(this.#keepAlive);
    super.close();
  }
}
