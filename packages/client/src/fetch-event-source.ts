// EventSource on `fetch`: for Node.js, which has none, and for browsers where a header is needed, which the native one
// cannot send.
import { EventSource } from 'eventsource';

/** The longest time that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Holds the process until it is closed. The timer that it waits for before it reconnects does not hold the event loop:
 * without this, a program that loses its connection in the middle of an answer ends there, as if nothing had happened.
 */
export class FetchEventSource extends EventSource {
  readonly #hold = setInterval(() => {}, MAX_TIMER_MS);

  override close(): void {
    clearInterval(this.#hold);
    super.close();
  }
}
