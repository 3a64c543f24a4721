// The router at /trpc.
import type { ServerResponse } from 'node:http';
import {
  appRouter,
  DomainError,
  httpStatusOf,
  trpcErrorBody,
  type RestRoute,
  type Services,
} from '@parley/api';
import { createNodeHandler, superjsonSerializer } from '@parley/trpc-node';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { Logger } from 'pino';
import superjson from 'superjson';
import { createRequestContext } from './create-request-context.ts';
import { arrivalOf } from './edge/arrival.ts';
import { MAX_BODY_BYTES, MULTIPART_TYPE } from './edge/check-body.ts';
import type { Route } from './edge/route.ts';

const MAX_BATCH_SIZE = 10;
/** A restart is over sooner than EventSource's own 3 s. */
const RECONNECT_MS = 500;

export interface TrpcRouteOptions {
  /** Those with a REST route: a form is declared in `meta.rest`. */
  procedures: RestRoute[];
  services: Services;
  logger: Logger;
  /** Aborts when streams are to end so that their clients connect again. */
  closeStreams: AbortSignal;
  /** Whether answers depend on the page that asks. */
  variesByOrigin: boolean;
}

export function trpcRoutes(options: TrpcRouteOptions): Route[] {
  const uploads = options.procedures.flatMap(({ procedurePath, meta: { body } }): Route[] =>
    body === undefined
      ? []
      : [
          {
            path: `/trpc/${procedurePath}`,
            handle: createHandler(options, body.maxBytes),
            refuse: refuseAsTrpc,
            bodyTypes: [MULTIPART_TYPE],
            maxBodyBytes: body.maxBytes,
          },
        ],
  );
  const handle = createHandler(options, MAX_BODY_BYTES);
  return [...uploads, { path: '/trpc/', handle, refuse: refuseAsTrpc }];
}

function createHandler(
  { services, logger, closeStreams, variesByOrigin }: TrpcRouteOptions,
  maxBodyBytes: number,
): Route['handle'] {
  const handle = createNodeHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodyBytes,
    maxBatchSize: MAX_BATCH_SIZE,
    serialize: superjsonSerializer(superjson),
    sse: { reconnectMs: RECONNECT_MS },
    createContext({ req, res, info }) {
      requireAuthAlone(info);
      return createRequestContext(services, { req, res });
    },
    onError({ error, path, type, req }) {
      const { requestId, response } = arrivalOf(req);
      if (error instanceof DomainError && error.details.retryAfterSeconds !== undefined)
        response.setHeader('retry-after', error.details.retryAfterSeconds);
      if (error.code !== 'INTERNAL_SERVER_ERROR') return;
      logger.error({ err: error.cause ?? error, requestId, path, type }, 'a call failed');
    },
    // tRPC's own `vary` takes the place of what was set before.
    ...(variesByOrigin ? { responseMeta: () => ({ headers: { vary: 'Origin, trpc-accept, accept' } }) } : {}),
  });
  closeStreams.addEventListener('abort', () => handle.closeStreams(), { once: true });
  return handle;
}

/** A batch would try many passwords at the price of one request, and answer with the cookies of whichever came last. */
function requireAuthAlone({ calls }: TRPCRequestInfo): void {
  if (calls.length > 1 && calls.some(({ path }) => path.startsWith('auth.'))) {
    throw new DomainError('AUTH_IN_BATCH', 'Calls of auth.* go alone, not in a batch.');
  }
}

function refuseAsTrpc(response: ServerResponse, error: DomainError): void {
  response.writeHead(httpStatusOf(error), {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(trpcErrorBody(error));
}
