// Serves the tRPC router at /trpc.
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
import { setRetryAfter } from './set-retry-after.ts';

const MAX_BATCH_SIZE = 10;
/** A restart takes less than EventSource's default of 3 s. */
const RECONNECT_MS = 500;

export interface TrpcRouteOptions {
  /** The procedures with a REST route: their `meta.rest` declares uploads. */
  procedures: RestRoute[];
  services: Services;
  logger: Logger;
  /** Aborts to end all streams; their clients then reconnect. */
  closeStreams: AbortSignal;
  /** Whether responses depend on the Origin header. */
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
    maxBodySize: maxBodyBytes,
    maxBatchSize: MAX_BATCH_SIZE,
    serialize: superjsonSerializer(superjson),
    sse: { reconnectMs: RECONNECT_MS },
    createContext({ req, res, info }) {
      requireAuthAlone(info);
      return createRequestContext(services, { req, res });
    },
    onError({ error, path, type, req }) {
      const { requestId, response } = arrivalOf(req);
      setRetryAfter(response, error);
      if (error.code !== 'INTERNAL_SERVER_ERROR') return;
      logger.error({ err: error.cause ?? error, requestId, path, type }, 'a call failed');
    },
    // tRPC's own `vary` header would replace the one that CORS needs.
    ...(variesByOrigin ? { responseMeta: () => ({ headers: { vary: 'Origin, trpc-accept, accept' } }) } : {}),
  });
  closeStreams.addEventListener('abort', () => handle.closeStreams(), { once: true });
  return handle;
}

/** A batch would try many passwords for one request's rate limit, and set the cookies of the last login. */
function requireAuthAlone({ calls }: TRPCRequestInfo): void {
  if (calls.length > 1 && calls.some(({ path }) => path.startsWith('auth.'))) {
    throw new DomainError('AUTH_IN_BATCH', 'Calls of auth.* must not be batched.');
  }
}

function refuseAsTrpc(response: ServerResponse, error: DomainError): void {
  response.writeHead(httpStatusOf(error), {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(trpcErrorBody(error));
}
