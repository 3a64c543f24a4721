// The frames of a stream on raw node:http: the bytes of tRPC's wire format.
import type { ServerResponse } from 'node:http';
import type { FeedEvent } from '../workload/token-feed.ts';

export const rawStreamPath = '/stream';

export function beginRawStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    vary: 'trpc-accept, accept',
  });
  response.write('event: connected\ndata: {"reconnectAfterInactivityMs":40000}\n\n\n');
}

export function rawFrame({ id, event }: FeedEvent): string {
  return `data: {"json":${JSON.stringify(event)}}\nid: ${id}\n\n\n`;
}
