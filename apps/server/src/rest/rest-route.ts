// REST at /api.
import type { RestRoute, Services } from '@parley/api';
import { pingComment, StreamRegistry } from '@parley/trpc-node';
import type { Logger } from 'pino';
import { createRequestContext } from '../create-request-context.ts';
import { arrivalOf } from '../edge/arrival.ts';
import { MULTIPART_TYPE } from '../edge/check-body.ts';
import type { Route } from '../edge/route.ts';
import { createRestHandler } from './rest-handler.ts';

const PING_INTERVAL_MS = 15_000;

export interface RestRouteOptions {
  procedures: RestRoute[];
  services: Services;
  logger: Logger;
  /** Aborts to end all event streams; their clients then reconnect. */
  closeStreams: AbortSignal;
}

export function restRoutes({ procedures, services, logger, closeStreams }: RestRouteOptions): Route[] {
  const eventStreams = new StreamRegistry({ ping: { intervalMs: PING_INTERVAL_MS, frame: pingComment } });
  closeStreams.addEventListener('abort', () => eventStreams.close(), { once: true });
  const handle = createRestHandler({
    routes: procedures,
    eventStreams,
    createContext: (http) => createRequestContext(services, http),
    onError({ error, request, path }) {
      const { requestId } = arrivalOf(request);
      logger.error({ err: error, requestId, path, method: request.method }, 'a call failed');
    },
  });
  const uploads = procedures.flatMap(({ method, path, meta: { body } }): Route[] =>
    body === undefined
      ? []
      : [{ method, path: patternOf(path), handle, bodyTypes: [MULTIPART_TYPE], maxBodyBytes: body.maxBytes }],
  );
  return [...uploads, { path: '/api/', handle }];
}

/** `/api/agents/{id}/avatar` as an expression. */
function patternOf(path: string): RegExp {
  return new RegExp(path.replaceAll(/\{\w+\}/g, '[^/]+'));
}
