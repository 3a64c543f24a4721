// Which path goes where.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { appRouter, createHttpContext, type Services } from '@parley/api';
import { pingDatabase } from '@parley/db';
import { createNodeHandler, superjsonSerializer } from '@parley/trpc-node';
import type { Logger } from 'pino';
import superjson from 'superjson';

const MAX_BODY_BYTES = 1_000_000;
const MAX_BATCH_SIZE = 10;

export interface RequestHandlerOptions {
  services: Services;
  logger: Logger;
  /** False once the server is shutting down. */
  isReady: () => boolean;
}

export function createRequestHandler({ services, logger, isReady }: RequestHandlerOptions): RequestListener {
  const handleTrpc = createNodeHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodyBytes: MAX_BODY_BYTES,
    maxBatchSize: MAX_BATCH_SIZE,
    serialize: superjsonSerializer(superjson),
    createContext: (http) => createHttpContext(services, http),
    onError({ error, path, type }) {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        logger.error({ err: error.cause ?? error, path, type }, 'a call failed');
    },
  });

  return (request, response) => {
    const path = pathOf(request);
    if (path.startsWith('/trpc/')) handleTrpc(request, response);
    else if (path === '/healthz') sendJson(response, 200, { status: 'ok' });
    else if (path === '/readyz') void sendReadiness(response);
    else if (path === '/')
      sendJson(response, 200, { name: 'Parley', trpc: '/trpc', health: '/healthz', readiness: '/readyz' });
    else sendJson(response, 404, { message: 'There is nothing at this path.' });
  };

  async function sendReadiness(response: ServerResponse): Promise<void> {
    const isUp = isReady() && (await pingDatabase(services.db));
    sendJson(response, isUp ? 200 : 503, { status: isUp ? 'ready' : 'not ready' });
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
