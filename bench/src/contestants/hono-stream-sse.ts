// Hono's helper for server-sent events on node:http.
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Contestant } from './contestant.ts';
import { createHonoServer } from './hono-server.ts';
import { rawStreamPath } from './raw-frames.ts';

export const honoStreamSse: Contestant = {
  streamRequest: { method: 'GET', path: rawStreamPath },
  createServer(feed) {
    const app = new Hono();
    app.get(rawStreamPath, (c) =>
      streamSSE(c, async (stream) => {
        const controller = new AbortController();
        stream.onAbort(() => controller.abort());
        for await (const { id, event } of feed.read(controller.signal)) {
          await stream.writeSSE({ id, data: JSON.stringify(event) });
        }
      }),
    );
    return createHonoServer(app);
  },
};
