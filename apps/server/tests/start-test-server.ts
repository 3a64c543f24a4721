// The server's complete request handler on a real socket in this process, with its own database and webhook.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { RateLimits, Services } from '@parley/api';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { checkAnswers } from './openapi-check.ts';
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
  /** Starts another instance on the same database. Dispose of it before this server. */
  startInstance(options?: { closeStreams?: AbortSignal }): Promise<AsyncDisposable & { url: string }>;
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
  const undocumented = new Set<string>();
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

  async function listen(
    services: Services,
    owner: AsyncDisposableStack,
    closeStreams = new AbortController().signal,
  ): Promise<number> {
    const handle = createRequestHandler({
      services,
      logger,
      isReady: options.isReady ?? (() => true),
      closeStreams,
      origins: createOrigins({ publicUrl: options.publicUrl, allowed: options.corsOrigins ?? [] }),
      trustedProxies: createTrustedProxies(options.trustedProxies ?? []),
      metrics,
      metricsToken: options.metricsToken,
      isAlwaysSecure: options.publicUrl?.startsWith('https:') === true,
      pageDir: options.pageDir,
    });
    const checked = checkAnswers(handle, (problem) => undocumented.add(problem));
    const server = createHttpServer(checked, { ...defaultHttpLimits, ...options.httpLimits });
    owner.defer(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return port;
  }

  const port = await listen(api.services, stack);
  const started = stack.move();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    api,
    logLines,
    async startInstance({ closeStreams } = {}) {
      await using own = new AsyncDisposableStack();
      const { services } = own.use(await api.startInstance());
      const ownPort = await listen(services, own, closeStreams);
      const running = own.move();
      return {
        url: `http://127.0.0.1:${ownPort}`,
        [Symbol.asyncDispose]: () => running.disposeAsync(),
      };
    },
    async [Symbol.asyncDispose]() {
      await started.disposeAsync();
      if (undocumented.size > 0) throw new Error(`not as documented: ${[...undocumented].join('\n')}`);
    },
  };
}
