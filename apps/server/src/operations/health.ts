// Liveness and readiness probes, for process managers and load balancers.
import type { ServerResponse } from 'node:http';
import type { Route } from '../edge/route.ts';
import { sendJson } from '../send-json.ts';

export interface HealthOptions {
  /** False once the server is shutting down. */
  isReady: () => boolean;
  /** Whether the database responds. */
  pingDatabase: () => Promise<boolean>;
}

/** At most one ping of the database in this time, regardless of the number of probes. */
const PING_INTERVAL_MS = 1_000;

export function healthRoutes({ isReady, pingDatabase }: HealthOptions): Route[] {
  let pingedAt = -Infinity;
  let ping = Promise.resolve(false);

  function isDatabaseUp(): Promise<boolean> {
    if (performance.now() - pingedAt >= PING_INTERVAL_MS) {
      pingedAt = performance.now();
      ping = pingDatabase();
    }
    return ping;
  }

  async function sendReadiness(response: ServerResponse): Promise<void> {
    const isUp = isReady() && (await isDatabaseUp()) && isReady();
    sendJson(response, isUp ? 200 : 503, { status: isUp ? 'ready' : 'not ready' });
  }

  return [
    {
      path: '/healthz',
      isQuiet: true,
      handle: (_request, response) => sendJson(response, 200, { status: 'ok' }),
    },
    { path: '/readyz', isQuiet: true, handle: (_request, response) => void sendReadiness(response) },
  ];
}
