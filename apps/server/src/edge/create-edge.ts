// Every request passes through the edge first: it assigns an id, sets security headers, handles CORS, and refuses
// cross-site writes and unacceptable bodies. Then the route handles the request.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { DomainError, httpStatusOf } from '@parley/api';
import { sendJson } from '../send-json.ts';
import { receive } from './arrival.ts';
import { checkBody } from './check-body.ts';
import type { TrustedProxies } from './client-of.ts';
import { handleCors } from './cors.ts';
import { checkSite, isSafe } from './cross-site.ts';
import type { Origins } from './origins.ts';
import { createRouteFinder, type Route } from './route.ts';
import { createSecurityHeaders } from './security-headers.ts';

export interface EdgeOptions {
  routes: readonly Route[];
  origins: Origins;
  trustedProxies: TrustedProxies;
  /** Whether PUBLIC_URL is https://, regardless of what proxies say. */
  isAlwaysSecure: boolean;
  /** Called for each request before it is handled: for logs and metrics. */
  watchResponse: WatchResponse;
}

export type WatchResponse = (
  request: IncomingMessage,
  response: ServerResponse,
  route: Route | undefined,
) => void;

export function createEdge(options: EdgeOptions): RequestListener {
  const { routes, origins, trustedProxies, isAlwaysSecure, watchResponse } = options;
  const findRoute = createRouteFinder(routes);
  const securityHeaders = createSecurityHeaders();

  return (request, response) => {
    const arrival = receive(request, response, trustedProxies);
    response.setHeader('x-request-id', arrival.requestId);
    const route = findRoute(pathOf(request), request.method);
    watchResponse(request, response, route);
    securityHeaders.set(response, route?.kind ?? 'data', isAlwaysSecure || arrival.isSecure);
    if (handleCors(request, response, origins)) return;
    if (route === undefined) {
      sendJson(response, 404, { message: 'There is nothing at this path.' });
      return;
    }
    const error = check(request, route);
    if (error === undefined) route.handle(request, response);
    else (route.refuse ?? refuse)(response, error);
  };

  function check(request: IncomingMessage, route: Route): DomainError | undefined {
    // TRACE would echo cookies to the client.
    if (request.method === 'TRACE') return new DomainError('METHOD_NOT_SUPPORTED', 'TRACE is not supported.');
    return checkSite(request, origins) ?? (isSafe(request) ? undefined : checkBody(request, route));
  }
}

function refuse(response: ServerResponse, error: DomainError): void {
  sendJson(response, httpStatusOf(error), { message: error.message, reason: error.reason });
}

/** The path without the query, still percent-encoded. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
