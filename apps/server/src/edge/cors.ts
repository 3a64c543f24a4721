// Lets pages of the origins in CORS_ORIGINS read responses, with the user's login.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Origins } from './origins.ts';

const ALLOWED_METHODS = 'GET, POST, PUT, PATCH, DELETE';
const ALLOWED_HEADERS =
  'authorization, content-type, last-event-id, trpc-accept, traceparent, x-request-id, idempotency-key';
const EXPOSED_HEADERS = 'x-request-id, retry-after, content-location';
/** Chrome's maximum. */
const PREFLIGHT_SECONDS = 7200;

/** Sets the CORS headers. @returns true for a preflight, which it has responded to */
export function handleCors(request: IncomingMessage, response: ServerResponse, origins: Origins): boolean {
  const { origin } = request.headers;
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (origins.allowsAny) response.setHeader('vary', 'Origin');
  if (origin !== undefined && origins.isAllowed(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
    if (isPreflight) {
      response.setHeader('access-control-allow-methods', ALLOWED_METHODS);
      response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
      response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
    } else {
      response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
    }
  }
  if (!isPreflight) return false;
  response.writeHead(204).end();
  return true;
}
