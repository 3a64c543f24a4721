import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { handleRequest } from './handle-request.ts';
import { resolveSettings } from './handler-settings.ts';
import type { NodeHandler, NodeHandlerOptions } from './node-handler-options.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import { RequestResponse } from './request-response.ts';
import { TargetParser } from './request/parse-target.ts';
import { procedurePath } from './request/procedure-path.ts';
import { handleWithStockAdapter, isRareRequest, respondToFatal } from './stock-adapter.ts';

/**
 * Creates a request listener that serves a router as `@trpc/server/adapters/standalone` does, at a fraction of its cost.
 * For node:http2, name its types: `createNodeHandler<AppRouter, Http2ServerRequest, Http2ServerResponse>({ ... })`.
 * @throws Error if an option is unknown, or if the router's `sse` settings contradict each other
 */
export function createNodeHandler<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest = IncomingMessage,
  TResponse extends NodeResponse = ServerResponse,
>(options: NodeHandlerOptions<TRouter, TRequest, TResponse>): NodeHandler<TRequest, TResponse> {
  const settings = resolveSettings(options);
  const targets = new TargetParser();
  const handler = settings.middleware === undefined ? handle : handleAfterMiddleware;
  return Object.assign(
    (request: NodeRequest, response: NodeResponse): void => void handler(request, response),
    {
      closeStreams: () => settings.streams.close(),
    },
  );

  function handleAfterMiddleware(request: NodeRequest, response: NodeResponse): void {
    try {
      settings.middleware?.(request, response, (error: unknown) => void handle(request, response, error));
    } catch (cause) {
      respondToFatal(settings, { request, response, cause });
    }
  }

  async function handle(
    request: NodeRequest,
    response: NodeResponse,
    middlewareError?: unknown,
  ): Promise<void> {
    try {
      const target = targets.parse(request);
      if (settings.isServerless || Boolean(middlewareError) || isRareRequest(request)) {
        const path = procedurePath(target.pathname, settings.basePath);
        await handleWithStockAdapter(settings, { request, response, path, middlewareError });
      } else {
        await handleRequest(new RequestResponse(settings, request, response), target);
      }
    } catch (cause) {
      respondToFatal(settings, { request, response, cause });
    }
  }
}
