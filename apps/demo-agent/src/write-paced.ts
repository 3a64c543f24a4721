// Writes an answer at a steady pace. It uses plain callbacks and one timer for each stream, since benchmarks run hundreds of streams.
import type { ServerResponse } from 'node:http';

/**
 * Writes each token as a frame in a separate HTTP chunk, `delayMs` after the token before it; at 0, as fast as the client reads.
 * It waits for a client that reads more slowly, and does not catch up in a burst afterwards. It does not end the response.
 * @returns true after the last token; false as soon as the client has disconnected
 */
export function writePaced(
  response: ServerResponse,
  tokens: readonly string[],
  toFrame: (token: string) => string,
  delayMs: number,
): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = performance.now();
  response.once('close', leave);
  pause();
  return promise;

  function pause(): void {
    if (delayMs === 0) return writeUntilPause();
    // The delay counts from the due time of the last token: counted from its timer, late timers would slow the pace.
    const nowMs = performance.now();
    dueAtMs = Math.max(dueAtMs + delayMs, nowMs);
    timer = setTimeout(writeUntilPause, dueAtMs - nowMs);
  }

  function writeUntilPause(): void {
    for (;;) {
      const token = tokens[next++];
      if (token === undefined) return settle(true);
      const hasRoom = response.write(toFrame(token));
      if (next === tokens.length) return settle(true); // the end of the answer needs no further delay
      if (!hasRoom) return void response.once('drain', pause);
      if (delayMs > 0) return pause();
    }
  }

  function leave(): void {
    settle(false);
  }

  function settle(isComplete: boolean): void {
    clearTimeout(timer);
    response.off('close', leave).off('drain', pause);
    resolve(isComplete);
  }
}

/** Splits a text into words with the white space that follows them, roughly like a language model's tokens. */
export function tokenize(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
