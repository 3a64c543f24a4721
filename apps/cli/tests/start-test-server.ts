// The real router on a real socket.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { appRouter, createHttpContext, noRateLimits, type RateLimits } from '@parley/api';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly api: TestApi;
  /** Number of open responses to chat.stream. */
  readonly openStreams: number;
  /** Closes all connections, as a network failure does. */
  cutConnections(): void;
}

/** @param runs with `logRetentionMs: 0`, a follower that reconnects after the end of a run gets the saved text */
export async function startTestServer(
  runs: { logRetentionMs?: number } = {},
  rateLimits: RateLimits = noRateLimits,
): Promise<TestServer> {
  const api = await createTestApi({ runs, rateLimits });
  const { services } = api;
  const handle = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    createContext: (http) => createHttpContext(services, http),
  });
  let openStreams = 0;
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/trpc/chat.stream?') === true) {
      openStreams += 1;
      response.once('close', () => (openStreams -= 1));
    }
    handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    api,
    get openStreams() {
      return openStreams;
    },
    cutConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await api[Symbol.asyncDispose]();
    },
  };
}
