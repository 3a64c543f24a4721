// The server's complete request handler on a real socket in this process, with its own database and webhook.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { RateLimits } from '@parley/api';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { createTrustedProxies } from '../src/edge/client-of.ts';
import { createHttpServer, defaultHttpLimits, type HttpLimits } from '../src/edge/http-server.ts';
import { createOrigins } from '../src/edge/origins.ts';
import { createLogger } from '../src/operations/create-logger.ts';
import { createMetrics } from '../src/operations/metrics.ts';
import { observeRuns } from '../src/operations/observe-runs.ts';
import { createRequestHandler } from '../src/request-handler.ts';

export interface TestServer extends AsyncDisposable {
  url: string;
  port: number;
  api: TestApi;
  /** The log so far: a JSON object per line. */
  logLines: string[];
}

export interface TestServerOptions {
  publicUrl?: string;
  corsOrigins?: string[];
  trustedProxies?: string[];
  httpLimits?: Partial<HttpLimits>;
  isReady?: () => boolean;
  pageDir?: string;
  rateLimits?: RateLimits;
  metricsToken?: string;
  maxStreamsPerUser?: number;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  await using stack = new AsyncDisposableStack();
  const metrics = createMetrics();
  const logLines: string[] = [];
  const logger = createLogger('info', { write: (line) => void logLines.push(line) });
  const api = stack.use(
    await createTestApi({
      runs: { observer: observeRuns(logger, metrics) },
      observeCall: (call) => metrics.callEnded(call),
      ...(options.rateLimits === undefined ? {} : { rateLimits: options.rateLimits }),
      ...(options.maxStreamsPerUser === undefined
        ? {}
        : { streams: { maxPerUser: options.maxStreamsPerUser } }),
    }),
  );
  metrics.watch({ runs: api.services.runs, readPool: () => ({ total: 3, idle: 2, waiting: 0 }) });
  const handle = createRequestHandler({
    services: api.services,
    logger,
    isReady: options.isReady ?? (() => true),
    closeStreams: new AbortController().signal,
    origins: createOrigins({ publicUrl: options.publicUrl, allowed: options.corsOrigins ?? [] }),
    trustedProxies: createTrustedProxies(options.trustedProxies ?? []),
    metrics,
    metricsToken: options.metricsToken,
    isAlwaysSecure: options.publicUrl?.startsWith('https:') === true,
    pageDir: options.pageDir,
  });
  const server = createHttpServer(handle, { ...defaultHttpLimits, ...options.httpLimits });
  stack.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const started = stack.move();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    api,
    logLines,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
