// One line a request, when it is over: who asked for what, and how it went. No query, no body, no header: those hold
// what people write, and tokens.
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { arrivalOf } from '../edge/arrival.ts';
import type { WatchResponse } from '../edge/create-edge.ts';
import type { Route } from '../edge/route.ts';
import type { Metrics } from './metrics.ts';

const MAX_PATH_CHARS = 300;

/** Makes what the edge calls for each request: logs its end, and counts it. */
export function logRequests(logger: Logger, metrics: Metrics): WatchResponse {
  // Nothing in these lines needs to be looked for and removed, which costs ten times what writing them does.
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
          // A page's path may be a link that somebody was sent.
          path: route?.kind === 'page' ? name : pathOf(request),
          status,
          durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
          address,
          // The client left before it had all.
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
