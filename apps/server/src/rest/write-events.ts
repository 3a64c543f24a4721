import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** How often a silent stream says that it lives: proxies cut connections that look dead. */
const PING_MS = 15_000;
/** A reader that takes nothing for this long is cut off. Its run goes on. */
const MAX_STALL_MS = 30_000;

/**
 * Writes events as Server-Sent Events, as fast as the reader takes them: `data: <JSON>`, and nothing else, so that a line
 * at a time is all that a script has to read.
 */
export async function writeEvents(response: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const pings = setInterval(() => response.write(': ping\n\n'), PING_MS).unref();
  try {
    for await (const event of events) {
      pings.refresh();
      if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await untilTaken(response);
      if (response.destroyed) return;
    }
  } finally {
    clearInterval(pings);
    response.end();
  }
}

/** Until the reader has taken what was written, or has left. */
export async function untilTaken(response: ServerResponse): Promise<void> {
  const stalled = setTimeout(() => response.destroy(), MAX_STALL_MS);
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    if (!response.destroyed) {
      await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
    }
  } finally {
    clearTimeout(stalled);
    waiting.abort();
  }
}
