// The headers of every response, and the limits for every client, on real sockets.
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRequest, reasonOf } from '../send-request.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

const APP = 'https://app.example';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({
    corsOrigins: [APP],
    trustedProxies: ['127.0.0.1'],
    httpLimits: { headersTimeoutMs: 300, requestTimeoutMs: 600, checkIntervalMs: 50, idleTimeoutMs: 5_000 },
  });
  cookie = (await server.api.createTeam()).admin.cookie;
});

afterAll(() => server[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

describe('a response', () => {
  test.each(['/healthz', '/', '/trpc/auth.me', '/nothing'])(
    'to %s forbids framing, sniffing and scripts',
    async (path) => {
      const { headers } = await sendRequest(`${server.url}${path}`);
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none';base-uri 'none';frame-ancestors 'none';sandbox",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  test('over HTTPS has a Strict-Transport-Security header', async () => {
    const { headers } = await sendRequest(`${server.url}/healthz`, {
      headers: { 'x-forwarded-proto': 'https' },
    });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('carries the x-request-id of the request, or a new one', async () => {
    const idOf = async (headers: Record<string, string>) =>
      (await sendRequest(`${server.url}/healthz`, { headers })).headers['x-request-id'];
    expect(await idOf({ 'x-request-id': 'a-1.b_2' })).toBe('a-1.b_2');
    expect(await idOf({ 'x-request-id': 'a b"{}' })).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf({ 'x-request-id': 'x'.repeat(129) })).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf({})).not.toBe(await idOf({}));
  });

  test.each(['/healthz', '/', '/trpc/auth.me', '/api/auth/me', '/docs', '/nothing'])(
    'to TRACE %s is 405 and echoes nothing',
    async (path) => {
      const answer = await sendRequest(`${server.url}${path}`, { method: 'TRACE', headers: { cookie } });
      expect(answer.status).toBe(405);
      expect(answer.body).not.toContain('parley_session');
    },
  );

  test('of the router is not cacheable', async () => {
    const { headers } = await sendRequest(`${server.url}/trpc/auth.me`, { headers: { cookie } });
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('a page of an origin in CORS_ORIGINS', () => {
  test('learns the allowed headers from a preflight', async () => {
    const answer = await sendRequest(`${server.url}/trpc/chat.send`, {
      method: 'OPTIONS',
      headers: { origin: APP, 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    const allowed = answer.headers['access-control-allow-headers']?.split(', ');
    for (const header of ['authorization', 'content-type', 'last-event-id', 'trpc-accept'])
      expect(allowed).toContain(header);
  });

  test('may read responses, which vary by Origin', async () => {
    const { headers } = await sendRequest(`${server.url}/trpc/auth.me`, { headers: { origin: APP, cookie } });
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id, retry-after, content-location',
    });
    expect(headers.vary).toMatch(/\borigin\b/i);
    const foreign = await sendRequest(`${server.url}/trpc/auth.me`, {
      headers: { origin: 'https://app.example.evil' },
    });
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers.vary).toMatch(/\borigin\b/i);
  });
});

describe('a batch', () => {
  const batch = (paths: string, body: unknown) =>
    sendRequest(`${server.url}/trpc/${paths}?batch=1`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });

  test.each(['auth.login,auth.login', 'auth%2Elogin,auth.login', 'auth.logout,agent.create'])(
    'that contains auth.* is refused as a whole: %s',
    async (paths) => {
      const login = { json: { email: 'a@example.com', password: 'x' } };
      const answer = await batch(paths, { 0: login, 1: login });
      expect(answer.status).toBe(400);
      expect(answer.body.match(/AUTH_IN_BATCH/g)).toHaveLength(2);
    },
  );

  test('of a single login is accepted', async () => {
    const answer = await batch('auth.login', { 0: { json: { email: 'a@example.com', password: 'x' } } });
    expect(reasonOf(answer)).toBe('INVALID_CREDENTIALS');
  });

  test('of more than 10 calls is refused', async () => {
    const paths = Array.from({ length: 11 }, () => 'agent.list').join(',');
    const answer = await sendRequest(`${server.url}/trpc/${paths}?batch=1`, { headers: { cookie } });
    expect(answer.status).toBe(400);
  });
});

describe('a body', () => {
  test('of more than 1 MB is refused before it is read', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /trpc/auth.login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n',
    );
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test('of more than 1 MB without a content-length is refused too', async () => {
    const answer = await sendRequest(`${server.url}/trpc/auth.login`, {
      method: 'POST',
      headers: { ...json, 'transfer-encoding': 'chunked' },
      body: JSON.stringify({ json: 'x'.repeat(1_100_000) }),
    });
    expect([answer.status, reasonOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  test('without a content-type is refused', async () => {
    const answer = await sendRequest(`${server.url}/trpc/auth.login`, { method: 'POST', body: '{}' });
    expect([answer.status, reasonOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('a connection is closed', () => {
  /** Returns the response when the server has closed the connection; the test times out if it does not. */
  async function sendUntilClosed(head: string, drip: string): Promise<string> {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(head);
    const timer = setInterval(() => socket.write(drip), 50);
    try {
      return await text(socket);
    } catch {
      return 'reset';
    } finally {
      clearInterval(timer);
      socket.destroy();
    }
  }

  test('when its headers trickle in', { timeout: 20_000 }, async () => {
    expect(await sendUntilClosed('GET /healthz HTTP/1.1\r\nHost: x\r\n', 'x-a: b\r\n')).toMatch(
      /^HTTP\/1\.1 408|^reset$/,
    );
  });

  test('when its body trickles in', { timeout: 20_000 }, async () => {
    const head = `POST /trpc/auth.login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    expect(await sendUntilClosed(head, ' ')).toMatch(/^HTTP\/1\.1 408|^reset$/);
  });

  test.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'],
    ['chunks that are not the last encoding', 'Transfer-Encoding: chunked, identity\r\n'],
    ['a header folded over two lines', 'X-A: b\r\n Transfer-Encoding: chunked\r\n'],
    ['a line that ends in LF', 'X-A: b\nTransfer-Encoding: chunked\r\n'],
  ])('when its request could end in two places: %s', async (_how, headers) => {
    const head = `POST /trpc/auth.login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n`;
    const smuggled = '0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await sendUntilClosed(`${head}${smuggled}`, '')).toMatch(/^HTTP\/1\.1 400 (?!.*HTTP\/1)|^reset$/s);
  });

  test('when it stays silent', { timeout: 20_000 }, async () => {
    const socket = connect(server.port, '127.0.0.1');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408/);
  });

  test('when it sends more than 16 KiB of headers', async () => {
    const answer = await sendRequest(`${server.url}/healthz`, { headers: { 'x-long': 'x'.repeat(17_000) } });
    expect(answer.status).toBe(431);
  });
});

test('the test of an agent that answers after the idle timeout of a connection has its report', async () => {
  await using slow = await startTestServer({
    httpLimits: {
      ...{ headersTimeoutMs: 300, requestTimeoutMs: 600, checkIntervalMs: 50 },
      idleTimeoutMs: 200,
    },
  });
  const { admin } = await slow.api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'Slow', webhookUrl: slow.api.webhook.url });
  const { key } = await admin.createApiKey({ scope: 'agents' });
  slow.api.webhook.answer(async (response) => {
    await delay(1_000);
    response.end('{"output":"Hi"}');
  });
  const { status, body } = await sendRequest(`${slow.url}/api/agents/${agent.id}/test`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${key}` },
    body: '{}',
  });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ is_ok: true, text: 'Hi' });
});
