// /metrics. It tells how much is going on here, which is nobody's business but the operator's: who reads it has the
// token, or is on this machine.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { arrivalOf } from '../edge/arrival.ts';
import type { Route } from '../edge/route.ts';
import { sendJson } from '../send-json.ts';
import type { Metrics } from './metrics.ts';

/** @param token without one, only loopback may read, and only where no proxy stands between */
export function metricsRoute(metrics: Metrics, token: string | undefined): Route {
  return { path: '/metrics', isQuiet: true, handle: (request, response) => void answer(request, response) };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(token === undefined ? isLocal(request) : hasToken(request, token))) {
      // Who may not read is not told that there is something to read.
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
  return address === '::1' || address.startsWith('127.');
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
