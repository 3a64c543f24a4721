// The real router on a real socket, with controls to observe and disturb it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { appRouter, createHttpContext, type ErrorReason, type Services } from '@parley/api';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** The procedures called, one line per request: `POST auth.login`, `GET chat.list,chat.get`. */
  readonly requests: string[];
  /** Number of open responses to chat.stream. */
  readonly openStreams: number;
  /** Expires every access token issued so far. */
  expireAccessTokens(): void;
  /** Closes all connections, as a network failure does. */
  cutConnections(): void;
  /** Each handler takes the place of the router for one request to the procedure `path`, in order. */
  intercept(path: string, ...handlers: Intercept[]): void;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;
type Intercept = (request: IncomingMessage, response: ServerResponse, handle: Handle) => void;

export async function startTestServer(services: Services): Promise<TestServer> {
  const tokens = new Set<string>();
  const expired = new Set<string>();
  const intercepts: { path: string; handler: Intercept }[] = [];
  const requests: string[] = [];
  let openStreams = 0;

  const handle = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    createContext: (http) => createHttpContext(withExpiry(services, tokens, expired), http),
  });

  const server = createServer((request, response) => {
    const path = procedurePathOf(request);
    requests.push(`${request.method} ${path}`);
    if (path === 'chat.stream') {
      openStreams += 1;
      response.once('close', () => (openStreams -= 1));
    }
    const index = intercepts.findIndex((intercept) => intercept.path === path);
    const [intercept] = index === -1 ? [] : intercepts.splice(index, 1);
    if (intercept === undefined) handle(request, response);
    else intercept.handler(request, response, handle);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    get openStreams() {
      return openStreams;
    },
    expireAccessTokens() {
      for (const token of tokens) expired.add(token);
    },
    cutConnections: () => server.closeAllConnections(),
    intercept: (path, ...handlers) => intercepts.push(...handlers.map((handler) => ({ path, handler }))),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Lets the router handle the request, then closes the connection instead of responding. */
export const loseResponse: Intercept = (request, response, handle) => {
  response.write = () => response.destroy().writable;
  response.end = () => response.destroy();
  handle(request, response);
};

/** Responds as a proxy does while the server behind it restarts. */
export const respond502: Intercept = (_request, response) => {
  response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
};

/** Refuses a batched call with a transient error. */
export function refuseForNow(reason: ErrorReason): Intercept {
  const data = { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, reason };
  const body = JSON.stringify([{ error: { json: { code: -32603, message: 'Not now.', data } } }]);
  return (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json', connection: 'close' }).end(body);
  };
}

/** A stream that completes without the run's terminal event. */
export const endStreamEarly: Intercept = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end('event: connected\ndata: {}\n\nevent: return\ndata: \n\n');
};

function withExpiry(services: Services, tokens: Set<string>, expired: ReadonlySet<string>): Services {
  const { accessTokens } = services;
  return {
    ...services,
    accessTokens: {
      async sign(claims) {
        // Tokens signed in the same second are equal: the suffix keeps a new one from counting as expired.
        const token = `${await accessTokens.sign(claims)}.${tokens.size}`;
        tokens.add(token);
        return token;
      },
      async verify(token) {
        if (expired.has(token)) return { status: 'expired' };
        return accessTokens.verify(token.slice(0, token.lastIndexOf('.')));
      },
    },
  };
}

function procedurePathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '', 'http://server').pathname.slice('/trpc/'.length);
}
