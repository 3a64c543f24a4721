// A call is limited and authenticated before its body is read. These requests announce a body and keep it back, so a
// server that waited for the body, or parsed it, would not respond as expected.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { appRouter, hasBody, listRestRoutes, type RestRoute } from '@parley/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRateLimits } from '../src/rate-limits/create-rate-limits.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

const FORM = 'multipart/form-data; boundary=x';
const BODY_BYTES = 500_000;

const routes = listRestRoutes(appRouter).filter(hasBody);

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({
    rateLimits: createRateLimits({
      limits: {
        login: { points: 1, seconds: 600, isShared: false },
        call: { points: 1, seconds: 600, isShared: false },
        send: { points: 1, seconds: 600, isShared: false },
      },
    }),
  });
  cookie = (await server.api.createTeam()).user.cookie;
});

afterAll(() => server[Symbol.asyncDispose]());

interface Head {
  path: string;
  method?: string;
  type?: string;
  headers?: string;
}

/** A connection that sends requests without their bodies. */
class Connection implements Disposable {
  readonly #socket: Socket = connect(server.port, '127.0.0.1');
  #received = '';

  async send({ path, method = 'POST', type = 'application/json', headers = '' }: Head): Promise<string> {
    this.#socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: none\r\nContent-Type: ${type}\r\nContent-Length: ${BODY_BYTES}\r\n${headers}\r\n`,
    );
    return this.#readHead();
  }

  /** Sends the announced body, and another request behind it. */
  async sendRest(next: string): Promise<string> {
    this.#socket.write('{'.repeat(BODY_BYTES));
    this.#socket.write(next);
    return this.#readHead();
  }

  /** The head and the body of the next response, as text. */
  async #readHead(): Promise<string> {
    for (;;) {
      const response = /^(HTTP\/1\.1 \d+ [^]*?\r\n\r\n)([^]*\})/.exec(this.#received);
      if (response !== null) {
        this.#received = '';
        return response[0];
      }
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      this.#received += chunk.toString('latin1');
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

function typeOf({ meta }: RestRoute): string {
  return meta.body === undefined ? 'application/json' : FORM;
}

const healthz = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

describe('without a login', () => {
  // A login and a registration need no session; a logout and a refresh accept any cookie.
  const authenticated = routes.filter(({ access }) => access !== 'anyone' && access !== 'cookie');

  test.each(
    authenticated.flatMap((route) => [
      { method: route.method, path: route.path.replaceAll(/\{\w+\}/g, 'x'), type: typeOf(route) },
      { method: 'POST', path: `/trpc/${route.procedurePath}`, type: typeOf(route) },
    ]),
  )('$method $path is refused with 401 before its body arrives', async (head) => {
    using connection = new Connection();
    expect(await connection.send(head)).toMatch(/^HTTP\/1\.1 401 [^]*NOT_AUTHENTICATED/);
  });

  test.each([
    { path: '/api/chats' },
    { path: '/trpc/chat.create' },
    { path: '/api/agents/x/avatar', type: FORM },
    { path: '/trpc/agent.setAvatar', type: FORM },
  ])(
    'a request to $path that is refused before its body arrives leaves its connection usable',
    async (head) => {
      using connection = new Connection();
      expect(await connection.send(head)).toMatch(/^HTTP\/1\.1 401 /);
      expect(await connection.sendRest(healthz)).toMatch(/^HTTP\/1\.1 200 [^]*"ok"/);
    },
  );
});

describe('over a rate limit', () => {
  test.each(['/api/auth/login', '/trpc/auth.login'])(
    'a request to %s is refused with 429 before its body arrives',
    async (path) => {
      const body = '{';
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).text();
      using connection = new Connection();
      expect(await connection.send({ path })).toMatch(/^HTTP\/1\.1 429 [^]*RATE_LIMITED/);
    },
  );

  test.each(['/api/chats', '/trpc/chat.create', '/api/chats/x/messages', '/trpc/chat.send'])(
    "a user's request to %s is refused with 429 before its body arrives",
    async (path) => {
      const body = '{';
      const headers = { 'content-type': 'application/json', cookie, 'sec-fetch-site': 'none' };
      await (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).text();
      using connection = new Connection();
      expect(await connection.send({ path, headers: `Cookie: ${cookie}\r\n` })).toMatch(
        /^HTTP\/1\.1 429 [^]*RATE_LIMITED/,
      );
    },
  );
});
