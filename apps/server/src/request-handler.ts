// The table of all routes, behind the edge.
import type { RequestListener } from 'node:http';
import { appRouter, listRestRoutes, type Services } from '@parley/api';
import { pingDatabase, withTimeLimit } from '@parley/db';
import type { Logger } from 'pino';
import { docsRoutes } from './docs/docs-routes.ts';
import type { TrustedProxies } from './edge/client-of.ts';
import { createEdge, type WatchResponse } from './edge/create-edge.ts';
import type { Origins } from './edge/origins.ts';
import type { Route } from './edge/route.ts';
import { healthRoutes } from './operations/health.ts';
import { logRequests } from './operations/log-requests.ts';
import { metricsRoute } from './operations/metrics-route.ts';
import type { Metrics } from './operations/metrics.ts';
import { warnOfUntrustedProxy } from './operations/warn-of-untrusted-proxy.ts';
import { pageRoutes } from './page-route.ts';
import { restRoutes } from './rest/rest-route.ts';
import { trpcRoutes } from './trpc-route.ts';

/** `/readyz` answers within a second: half a second later, the ping fails. */
const PING_LIMIT_MS = 400;

export interface RequestHandlerOptions {
  services: Services;
  logger: Logger;
  /** False once the server is shutting down. */
  isReady: () => boolean;
  /** Aborts to end all streams; their clients then reconnect to another instance. */
  closeStreams: AbortSignal;
  origins: Origins;
  trustedProxies: TrustedProxies;
  isAlwaysSecure: boolean;
  /** The folder of the built page; undefined if it was not built. */
  pageDir: string | undefined;
  metrics: Metrics;
  /** Bearer token for /metrics; undefined: loopback only. */
  metricsToken: string | undefined;
}

export function createRequestHandler(options: RequestHandlerOptions): RequestListener {
  const { services, logger, isReady, closeStreams, origins, trustedProxies, isAlwaysSecure, pageDir } =
    options;
  const { metrics, metricsToken } = options;
  const procedures = listRestRoutes(appRouter);
  const pingDb = withTimeLimit(services.db, PING_LIMIT_MS);
  const routes: Route[] = [
    ...trpcRoutes({ procedures, services, logger, closeStreams, variesByOrigin: origins.allowsAny }),
    ...restRoutes({ procedures, services, logger, closeStreams }),
    ...docsRoutes(procedures),
    ...healthRoutes({ isReady, pingDatabase: () => pingDatabase(pingDb) }),
    metricsRoute(metrics, metricsToken),
    ...pageRoutes(pageDir),
  ];
  const log = logRequests(logger, metrics);
  const warn = warnOfUntrustedProxy(logger, trustedProxies);
  const watchResponse: WatchResponse = (request, response, route) => {
    warn(request);
    log(request, response, route);
  };
  return createEdge({ routes, origins, trustedProxies, isAlwaysSecure, watchResponse });
}
