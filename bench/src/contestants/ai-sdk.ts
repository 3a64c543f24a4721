// The UI message stream of the Vercel AI SDK, piped to a response of node:http.
import { createServer } from 'node:http';
import { createUIMessageStream, pipeUIMessageStreamToResponse } from 'ai';
import type { Contestant } from './contestant.ts';
import { rawStreamPath } from './raw-frames.ts';

const TEXT_ID = 'text-1';

export const aiSdk: Contestant = {
  streamRequest: { method: 'GET', path: rawStreamPath },
  createServer: (feed) =>
    createServer((_request, response) => {
      const controller = new AbortController();
      response.once('close', () => controller.abort());
      const stream = createUIMessageStream({
        async execute({ writer }) {
          writer.write({ type: 'text-start', id: TEXT_ID });
          for await (const { event } of feed.read(controller.signal)) {
            writer.write({ type: 'text-delta', id: TEXT_ID, delta: event.data.content });
          }
        },
      });
      pipeUIMessageStreamToResponse({ response, stream }).catch(() => response.destroy());
    }),
};
