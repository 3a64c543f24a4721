// Serves /metrics to the operator only: with the bearer token or, if none is set, from loopback.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { arrivalOf } from '../edge/arrival.ts';
import type { Route } from '../edge/route.ts';
import { sendJson } from '../send-json.ts';
import type { Metrics } from './metrics.ts';

/** @param token bearer token; undefined: loopback only, and not through a proxy */
export function metricsRoute(metrics: Metrics, token: string | undefined): Route {
  return { path: '/metrics', isQuiet: true, handle: (request, response) => void respond(request, response) };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(token === undefined ? isLocal(request) : hasToken(request, token))) {
      // Looks like an unknown path, so that outsiders do not learn of it.
      sendJson(response, 404, { message: 'There is nothing at this path.' });
      return;
    }
    const text = await metrics.read();
    response.writeHead(200, { 'content-type': metrics.contentType });
    response.end(text);
  }
}

const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

function isLocal(request: IncomingMessage): boolean {
  if (FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)) return false;
  const { address } = arrivalOf(request);
  return isLoopback(address) && isLoopback(hostOf(request));
}

/** The host that the client named. A web page of another name that resolves to this machine (DNS rebinding) names its own. */
function hostOf({ headers }: IncomingMessage): string {
  return URL.parse(`http://${headers.host ?? ''}/`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
