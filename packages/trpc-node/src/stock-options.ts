import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPRequestHandlerOptions } from '@trpc/server/adapters/node-http';
import type { HandlerSettings } from './handler-settings.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';

/** What tRPC's own adapter takes, to answer one request. */
export function stockOptions(
  settings: HandlerSettings,
  { request, response, path }: { request: NodeRequest; response: NodeResponse; path: string },
): NodeHTTPRequestHandlerOptions<AnyTRPCRouter, NodeRequest, NodeResponse> {
  const { router, responseMeta, allowMethodOverride, allowBatching, maxBatchSize, maxBodyBytes } = settings;
  return {
    router,
    path,
    req: request,
    res: response,
    createContext: ({ req, res, info }) => settings.createContext({ req, res, info }),
    onError: (details) => settings.onError(details),
    responseMeta: responseMeta ?? (() => ({})),
    allowMethodOverride,
    allowBatching,
    maxBatchSize,
    maxBodySize: maxBodyBytes,
  };
}
