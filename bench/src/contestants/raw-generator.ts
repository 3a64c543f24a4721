// Raw node:http that reads the same async generator as the other contestants. An adapter's further difference to raw is the cost
// of the adapter itself.
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { TokenFeed } from '../workload/token-feed.ts';
import type { Contestant } from './contestant.ts';
import { beginRawStream, rawFrame, rawStreamPath } from './raw-frames.ts';

export const rawGenerator: Contestant = {
  streamRequest: { method: 'GET', path: rawStreamPath },
  createServer: (feed) =>
    createServer((_request, response) => {
      const controller = new AbortController();
      response.once('close', () => controller.abort());
      stream(response, feed, controller.signal).catch(() => response.destroy());
    }),
};

async function stream(response: ServerResponse, feed: TokenFeed, signal: AbortSignal): Promise<void> {
  beginRawStream(response);
  for await (const event of feed.read(signal)) {
    if (!response.write(rawFrame(event))) await once(response, 'drain', { signal });
  }
}
