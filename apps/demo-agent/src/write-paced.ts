// The pace of an answer. Plain callbacks and one timer a stream: a benchmark runs hundreds of streams against this.
import type { ServerResponse } from 'node:http';

/**
 * Writes the tokens one by one, each framed and as an HTTP chunk of its own, `delayMs` before each; at 0, as fast as the client
 * reads. Waits for a client that reads slower; tokens that came due meanwhile are not made up for in a burst.
 * Resolves to true after the last token, and to false as soon as the client has left. Doesn't end the response.
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
    // Counted from when the last token was due, not from when its timer fired: lateness would add up to a slower pace.
    const nowMs = performance.now();
    dueAtMs = Math.max(dueAtMs + delayMs, nowMs);
    timer = setTimeout(writeUntilPause, dueAtMs - nowMs);
  }

  function writeUntilPause(): void {
    for (;;) {
      const token = tokens[next++];
      if (token === undefined) return settle(true);
      const hasRoom = response.write(toFrame(token));
      if (next === tokens.length) return settle(true); // at once: the end of the answer is not a token to wait for
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

/** Words with the whitespace behind them, as a language model's tokens roughly are; joined, they are the text again. */
export function tokenize(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
