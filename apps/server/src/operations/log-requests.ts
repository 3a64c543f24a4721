// Logs one line per request when it ends. Queries, bodies and headers are left out: they contain user texts and tokens.
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { arrivalOf } from '../edge/arrival.ts';
import type { WatchResponse } from '../edge/create-edge.ts';
import type { Route } from '../edge/route.ts';
import type { Metrics } from './metrics.ts';

const MAX_PATH_CHARS = 300;

/** Returns the edge's `watchResponse`, which logs and counts each request when it ends. */
export function logRequests(logger: Logger, metrics: Metrics): WatchResponse {
  // These lines contain nothing to redact, and redaction costs ten times as much as writing a line.
  const lines = logger.child({}, { redact: [] });
  return (request, response, route) => {
    const startedAt = performance.now();
    metrics.responseOpened(response);
    response.once('close', () => {
      const name = nameOf(route);
      const status = response.statusCode;
      metrics.responseEnded(response, { route: name, status });
      const level = route?.isQuiet === true ? 'debug' : 'info';
      if (!lines.isLevelEnabled(level)) return;
      const { requestId, address } = arrivalOf(request);
      lines[level](
        {
          requestId,
          method: request.method,
          // A page's path may be a private link, such as one with an invite.
          path: route?.kind === 'page' ? name : pathOf(request),
          status,
          durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
          address,
          // The client closed the connection before the end of the response.
          ...(response.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
  };
}

function nameOf(route: Route | undefined): string {
  if (route === undefined) return 'none';
  if (route.kind === 'page') return 'page';
  return typeof route.path === 'string' ? route.path : route.path.source;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return (end === -1 ? url : url.slice(0, end)).slice(0, MAX_PATH_CHARS);
}
