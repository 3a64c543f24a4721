// The lower bound. Calls: node:http, JSON and zod. Streams: one write for each event, from a callback.
import { createServer, type ServerResponse } from 'node:http';
import type { TokenFeed } from '../workload/token-feed.ts';
import type { Contestant } from './contestant.ts';
import { answerRawCalls, plainJson, rawProcedures, rawUnaryRequest } from './raw-calls.ts';
import { beginRawStream, rawFrame, rawStreamPath } from './raw-frames.ts';

export const rawHttp: Contestant = {
  unaryRequest: rawUnaryRequest(plainJson),
  streamRequest: { method: 'GET', path: rawStreamPath },
  createServer(feed) {
    const answerCall = answerRawCalls(rawProcedures, plainJson);
    return createServer((request, response) => {
      if (request.url === rawStreamPath) stream(response, feed);
      else answerCall(request, response);
    });
  },
};

function stream(response: ServerResponse, feed: TokenFeed): void {
  beginRawStream(response);
  const subscription = feed.open((event) => {
    subscription.isReady = response.write(rawFrame(event));
  });
  response.on('drain', () => (subscription.isReady = true));
  response.on('close', () => subscription.close());
}
