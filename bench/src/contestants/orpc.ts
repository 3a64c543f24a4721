// oRPC's RPC handler on node:http, with oRPC's serializer and event iterator.
import { createServer } from 'node:http';
import { os, withEventMeta } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import type { HttpRequest } from '../load/http-request.ts';
import type { TokenFeed } from '../workload/token-feed.ts';
import { unaryCalls } from '../workload/unary-calls.ts';
import type { Contestant } from './contestant.ts';

const PREFIX = '/rpc';

export const orpc: Contestant = {
  unaryRequest: (procedure) => post(procedure, unaryCalls[procedure].input),
  streamRequest: post('stream', {}),
  createServer(feed) {
    const handler = new RPCHandler(createRouter(feed));
    return createServer((request, response) => {
      handler.handle(request, response, { prefix: PREFIX, context: {} }).then(
        ({ matched }) => matched || response.writeHead(404).end(),
        () => response.destroy(),
      );
    });
  },
};

function post(procedure: string, input: unknown): HttpRequest {
  return { method: 'POST', path: `${PREFIX}/${procedure}`, body: JSON.stringify({ json: input }) };
}

function createRouter(feed: TokenFeed) {
  const { getChat, sendMessage, listMessages } = unaryCalls;
  return {
    getChat: os
      .input(getChat.inputSchema)
      .output(getChat.outputSchema)
      .handler(() => getChat.output),
    sendMessage: os
      .input(sendMessage.inputSchema)
      .output(sendMessage.outputSchema)
      .handler(() => sendMessage.output),
    listMessages: os
      .input(listMessages.inputSchema)
      .output(listMessages.outputSchema)
      .handler(() => listMessages.output),
    stream: os.handler(async function* ({ signal }) {
      for await (const { id, event } of feed.read(signal)) yield withEventMeta(event, { id });
    }),
  };
}
