import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { internal_exceptionHandler, nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { answerRequest } from './answer-request.ts';
import { Exchange } from './exchange.ts';
import type { NodeHandler, NodeHandlerOptions } from './node-handler-options.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import { isRareRequest } from './request/is-rare-request.ts';
import { TargetParser } from './request/parse-target.ts';
import { procedurePath } from './request/procedure-path.ts';
import { resolveSettings } from './resolve-settings.ts';
import { stockOptions } from './stock-options.ts';

/**
 * Makes a request listener that serves a router as `@trpc/server/adapters/standalone` does, at a fraction of its cost.
 * For node:http2, name its types: `createNodeHandler<AppRouter, Http2ServerRequest, Http2ServerResponse>({ ... })`.
 * @throws Error where the router's `sse` settings contradict each other
 */
export function createNodeHandler<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest = IncomingMessage,
  TResponse extends NodeResponse = ServerResponse,
>(options: NodeHandlerOptions<TRouter, TRequest, TResponse>): NodeHandler<TRequest, TResponse> {
  const settings = resolveSettings(options);
  const targets = new TargetParser();
  const handler = (request: NodeRequest, response: NodeResponse): void => void answer(request, response);
  return Object.assign(handler, { closeStreams: () => settings.streams.close() });

  async function answer(request: NodeRequest, response: NodeResponse): Promise<void> {
    try {
      const target = targets.parse(request);
      if (!settings.isServerless && !isRareRequest(request)) {
        await answerRequest(new Exchange(settings, request, response), target);
        return;
      }
      const path = procedurePath(target.pathname, settings.basePath);
      await nodeHTTPRequestHandler(stockOptions(settings, { request, response, path }));
    } catch (cause) {
      answerUnanswerable(cause, request, response);
    }
  }

  /** Nobody will catch what is thrown here. */
  function answerUnanswerable(cause: unknown, request: NodeRequest, response: NodeResponse): void {
    try {
      internal_exceptionHandler(stockOptions(settings, { request, response, path: '' }))(cause);
    } catch (error) {
      // The router's transformer fails on errors.
      process.emitWarning(error instanceof Error ? error : String(error));
      response.destroy();
    }
  }
}
