// The router of all contestants that use tRPC. It is configured like Parley's: superjson, the same pings, tracked events.
import { initTRPC, tracked } from '@trpc/server';
import superjson from 'superjson';
import type { HttpRequest } from '../load/http-request.ts';
import type { TokenFeed } from './token-feed.ts';
import { unaryCalls, type UnaryCallName } from './unary-calls.ts';

export const TRPC_PATH = '/trpc';

export function createTrpcRouter(feed: TokenFeed) {
  const t = initTRPC.create({
    transformer: superjson,
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: 15_000 },
      client: { reconnectAfterInactivityMs: 40_000 },
    },
  });
  const { getChat, sendMessage, listMessages } = unaryCalls;
  return t.router({
    getChat: t.procedure
      .input(getChat.inputSchema)
      .output(getChat.outputSchema)
      .query(() => getChat.output),
    sendMessage: t.procedure
      .input(sendMessage.inputSchema)
      .output(sendMessage.outputSchema)
      .mutation(() => sendMessage.output),
    listMessages: t.procedure
      .input(listMessages.inputSchema)
      .output(listMessages.outputSchema)
      .query(() => listMessages.output),
    stream: t.procedure.subscription(async function* ({ signal }) {
      for await (const { id, event } of feed.read(signal)) yield tracked(id, event);
    }),
  });
}

export function trpcUnaryRequest(procedure: UnaryCallName): HttpRequest {
  const { isMutation, input } = unaryCalls[procedure];
  const text = JSON.stringify(superjson.serialize(input));
  return isMutation
    ? { method: 'POST', path: `${TRPC_PATH}/${procedure}`, body: text }
    : { method: 'GET', path: `${TRPC_PATH}/${procedure}?input=${encodeURIComponent(text)}` };
}

export const trpcStreamRequest: HttpRequest = {
  method: 'GET',
  path: `${TRPC_PATH}/stream`,
  headers: { accept: 'text/event-stream' },
};
