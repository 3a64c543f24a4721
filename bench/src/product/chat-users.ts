// Users who chat without a pause: each sends a message, reads the answer to its end, and sends again.
import { setTimeout as delay } from 'node:timers/promises';
import { DelayHistogram } from '../load/delay-histogram.ts';
import { requestBytes, type HttpRequest } from '../load/http-request.ts';
import { readStream, type StreamReader } from '../load/stream-reader.ts';

/** Asks for an answer, and returns the request that reads it. */
export type Ask = () => Promise<HttpRequest>;

export interface ChatUsersOptions {
  port: number;
  users: readonly Ask[];
  /** The time over which the users start, one after the other. */
  spreadMs: number;
  tokensAnAnswer: number;
}

export class ChatUsers {
  /** The time from the agent's sending of a token to its receipt. */
  readonly tokenDelays = new DelayHistogram();
  /** The duration of `Ask`. */
  readonly askDelays = new DelayHistogram();
  readonly #options: ChatUsersOptions;
  readonly #readers = new Set<StreamReader>();
  readonly #stop = new AbortController();
  #tokens = 0;
  #failure: Error | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ChatUsersOptions) {
    this.#options = options;
  }

  /** The number of received tokens. @throws Error if an answer was incomplete */
  get tokens(): number {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#tokens;
  }

  start(): void {
    const { users, spreadMs } = this.#options;
    this.#running = Promise.all(
      users.map(async (ask, index) => {
        try {
          await delay((index / users.length) * spreadMs, undefined, { signal: this.#stop.signal });
          while (!this.#stop.signal.aborted) await this.#chat(ask);
        } catch (error) {
          if (!this.#stop.signal.aborted)
            this.#failure ??= error instanceof Error ? error : new Error(String(error));
        }
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const reader of this.#readers) reader.leave();
    await this.#running;
  }

  async #chat(ask: Ask): Promise<void> {
    const askedMs = performance.now();
    const request = await ask();
    this.askDelays.record(Math.max(1, Math.round((performance.now() - askedMs) * 1000)));
    let isInOrder = true;
    const reader = await readStream(this.#options.port, requestBytes(request), {
      onToken: (delayUs) => {
        this.#tokens += 1;
        this.tokenDelays.record(delayUs);
      },
      onOutOfOrder: () => (isInOrder = false),
    });
    this.#readers.add(reader);
    if (this.#stop.signal.aborted) reader.leave();
    await reader.ended;
    this.#readers.delete(reader);
    if (!this.#stop.signal.aborted && !(isInOrder && reader.lastSeq === this.#options.tokensAnAnswer)) {
      throw new Error(
        `An answer was incomplete: it ended with token ${reader.lastSeq}, ${isInOrder ? 'in order' : 'not in order'}.`,
      );
    }
  }
}
