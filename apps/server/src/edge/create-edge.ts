// What every request goes through before anybody answers it, in this order: an id, headers for browsers, CORS, then who
// may send this at all. What passes is handed to its route.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { DomainError, httpStatusOf } from '@parley/api';
import { sendJson } from '../send-json.ts';
import { receive } from './arrival.ts';
import { checkBody } from './check-body.ts';
import type { TrustedProxies } from './client-of.ts';
import { answerCors } from './cors.ts';
import { checkSite, isSafe } from './cross-site.ts';
import type { Origins } from './origins.ts';
import { createRouteTable, type Route } from './route.ts';
import { createSecurityHeaders } from './security-headers.ts';

export interface EdgeOptions {
  routes: readonly Route[];
  origins: Origins;
  trustedProxies: TrustedProxies;
  /** Whether PUBLIC_URL says that browsers come over HTTPS, whatever the proxies say. */
  isAlwaysSecure: boolean;
  /** Sees every response before anything is done for it: for logs and metrics. */
  watchResponse: WatchResponse;
}

export type WatchResponse = (
  request: IncomingMessage,
  response: ServerResponse,
  route: Route | undefined,
) => void;

export function createEdge(options: EdgeOptions): RequestListener {
  const { routes, origins, trustedProxies, isAlwaysSecure, watchResponse } = options;
  const findRoute = createRouteTable(routes);
  const securityHeaders = createSecurityHeaders();

  return (request, response) => {
    const arrival = receive(request, response, trustedProxies);
    response.setHeader('x-request-id', arrival.requestId);
    const route = findRoute(pathOf(request), request.method);
    watchResponse(request, response, route);
    securityHeaders.set(response, route?.kind ?? 'data', isAlwaysSecure || arrival.isSecure);
    if (answerCors(request, response, origins)) return;
    if (route === undefined) {
      sendJson(response, 404, { message: 'There is nothing at this path.' });
      return;
    }
    const error = check(request, route);
    if (error === undefined) route.handle(request, response);
    else (route.refuse ?? refuse)(response, error);
  };

  function check(request: IncomingMessage, route: Route): DomainError | undefined {
    // It would give a client its own cookies to read, and no route has a use for it.
    if (request.method === 'TRACE') return new DomainError('METHOD_NOT_SUPPORTED', 'TRACE is not answered.');
    return checkSite(request, origins) ?? (isSafe(request) ? undefined : checkBody(request, route));
  }
}

function refuse(response: ServerResponse, error: DomainError): void {
  sendJson(response, httpStatusOf(error), { message: error.message, reason: error.reason });
}

/** As it was sent: percent-encoded, without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
