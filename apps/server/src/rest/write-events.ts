import type { ServerResponse } from 'node:http';
import {
  eventStreamHeaders,
  formatEvent,
  pingComment,
  ResponseStream,
  StreamRegistry,
} from '@parley/trpc-node';

const PING_INTERVAL_MS = 15_000;

const streams = new StreamRegistry({ ping: { intervalMs: PING_INTERVAL_MS, frame: pingComment } });

export interface EventsTarget {
  response: ServerResponse;
  /** Aborts when the client disconnects. */
  signal: AbortSignal;
}

/**
 * Writes events as Server-Sent Events, as fast as the reader takes them. Each is one line, `data: <JSON>`, so that a
 * script can read the stream line by line.
 * @throws whatever the events throw
 */
export async function writeEvents(
  { response, signal }: EventsTarget,
  events: AsyncIterable<unknown>,
): Promise<void> {
  response.writeHead(200, { ...eventStreamHeaders, 'content-type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
  const stream = new ResponseStream({ response, signal }, streams);
  try {
    for await (const event of events) {
      stream.write(formatEvent(JSON.stringify(event)));
      if (stream.isFull) await stream.whenReady();
      if (stream.isEnded) return;
    }
  } finally {
    stream.end();
  }
}
