// Cross-site request forgery: no page of another origin can run a mutation. Every mutation of the router is tried.
import { randomUUID } from 'node:crypto';
import { appRouter, listRestRoutes } from '@parley/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRequest, reasonOf, type RawResponse } from '../send-request.ts';
import { procedurePaths } from '../procedure-paths.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

const mutations = procedurePaths('mutation');

const restMutations = listRestRoutes(appRouter)
  .filter(({ method }) => method !== 'GET')
  .map(({ method, path }) => ({ method, path }));

const JSON_BODY = '{"json":{}}';
const MULTIPART = '--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n{}\r\n--x--\r\n';
const bodies: { type: string | undefined; body: string }[] = [
  { type: 'application/json', body: JSON_BODY },
  { type: 'text/plain;charset=UTF-8', body: JSON_BODY },
  { type: 'application/x-www-form-urlencoded', body: '{"json":{"a":"=1"}}' },
  { type: 'multipart/form-data; boundary=x', body: MULTIPART },
  { type: 'application/octet-stream', body: JSON_BODY },
  { type: undefined, body: '' },
];

/** The headers that browsers send with requests of other origins' pages. */
const foreignOrigins: { name: string; headers: Record<string, string> }[] = [
  { name: 'another site', headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } },
  { name: 'a sister site', headers: { origin: 'https://evil.chat.example', 'sec-fetch-site': 'same-site' } },
  { name: 'a sandboxed frame', headers: { origin: 'null' } },
  { name: 'another port, in an old browser', headers: { origin: 'http://127.0.0.1:1' } },
];

const refusals = ['CROSS_SITE_REQUEST', 'UNSUPPORTED_MEDIA_TYPE'];

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer({ corsOrigins: ['https://app.example'] });
  cookie = (await server.api.createTeam()).admin.cookie;
});

afterAll(() => server[Symbol.asyncDispose]());

function call(path: string, headers: Record<string, string>, body = JSON_BODY): Promise<RawResponse> {
  return sendRequest(`${server.url}/trpc/${path}`, { method: 'POST', headers, body });
}

const withType = (type: string | undefined): Record<string, string> =>
  type === undefined ? {} : { 'content-type': type };

describe.each(foreignOrigins)('a page of $name', ({ headers: origin }) => {
  test.each(mutations)('cannot run %s, with or without a login, with any type of body', async (path) => {
    for (const login of [{ cookie }, {}]) {
      for (const { type, body } of bodies) {
        const answer = await call(path, { ...origin, ...login, ...withType(type) }, body);
        expect(refusals, `${type} was answered with ${answer.status} ${answer.body}`).toContain(
          reasonOf(answer),
        );
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
  });

  test.each(restMutations)(
    'cannot run $method $path, with or without a login, with any type of body',
    async ({ method, path }) => {
      const target = path.replaceAll(/\{\w+\}/g, () => randomUUID());
      for (const login of [{ cookie }, {}]) {
        for (const { type, body } of bodies) {
          const headers = { ...origin, ...login, ...withType(type) };
          const answer = await sendRequest(`${server.url}${target}`, { method, headers, body });
          expect(refusals, `${type} was answered with ${answer.status} ${answer.body}`).toContain(
            reasonOf(answer),
          );
          expect(answer.headers['access-control-allow-origin']).toBeUndefined();
          expect(answer.headers['set-cookie']).toBeUndefined();
        }
      }
    },
  );

  test('is refused in a preflight', async () => {
    const answer = await sendRequest(`${server.url}/trpc/chat.create`, {
      method: 'OPTIONS',
      headers: {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['access-control-allow-headers']).toBeUndefined();
  });

  test('may use its own API key, which browsers never add by themselves, and cookies beside it are ignored', async () => {
    const headers = { ...origin, authorization: 'Bearer parley_none', ...withType('application/json') };
    for (const login of [{}, { cookie }, { cookie: 'unrelated=1' }]) {
      expect(reasonOf(await call('chat.create', { ...headers, ...login }))).toBe('INVALID_API_KEY');
    }
  });

  test('cannot use another kind of authorization, which a browser may add by itself', async () => {
    const headers = { ...origin, cookie, authorization: 'Basic YTpi', ...withType('application/json') };
    expect(reasonOf(await call('chat.create', headers))).toBe('CROSS_SITE_REQUEST');
  });
});

test.each(mutations)('%s cannot be run with GET, HEAD, PUT, PATCH or DELETE', async (path) => {
  const input = encodeURIComponent(JSON_BODY);
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await sendRequest(`${server.url}/trpc/${path}?input=${input}`, {
      method,
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status, method).not.toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

test.each(mutations)('%s accepts one type of body only, even from our own page', async (path) => {
  // agent.setAvatar accepts multipart only, the others JSON only.
  const isForm = path === 'agent.setAvatar';
  const own = isForm ? 'multipart/form-data; boundary=x' : 'application/json';
  const refused = bodies.filter(({ type }) => type !== undefined && type !== own);
  expect(refused).toHaveLength(4);
  for (const { type, body } of refused) {
    const answer = await call(path, { cookie, 'sec-fetch-site': 'same-origin', ...withType(type) }, body);
    expect([answer.status, reasonOf(answer)], type).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
});

describe('a mutation reaches its procedure', () => {
  const passes: { from: string; headers: () => Record<string, string> }[] = [
    {
      from: 'our own page',
      headers: () => ({ cookie, origin: server.url, 'sec-fetch-site': 'same-origin' }),
    },
    { from: 'our own page in an old browser', headers: () => ({ cookie, origin: server.url }) },
    { from: 'a navigation of the user', headers: () => ({ cookie, 'sec-fetch-site': 'none' }) },
    {
      from: 'a page of an origin in CORS_ORIGINS',
      headers: () => ({ cookie, origin: 'https://app.example', 'sec-fetch-site': 'same-site' }),
    },
  ];

  test.each(passes)('from $from', async ({ headers }) => {
    const answer = await call('chat.create', {
      ...headers(),
      ...withType('application/json; charset=utf-8'),
    });
    expect(reasonOf(answer)).toBe('INVALID_INPUT');
  });

  test('from curl with a cookie jar, which sends no origin, as JSON and as a form', async () => {
    const headers = { cookie, ...withType('Application/JSON; charset=utf-8') };
    expect(reasonOf(await call('chat.create', headers))).toBe('INVALID_INPUT');
    const form = { cookie, ...withType('multipart/form-data; boundary=x') };
    expect(reasonOf(await call('agent.setAvatar', form, MULTIPART))).toBe('INVALID_INPUT');
  });

  test('from a script without cookies', async () => {
    expect(reasonOf(await call('chat.create', withType('application/json')))).not.toBe('CROSS_SITE_REQUEST');
  });
});

test('with PUBLIC_URL, our own origin is that of PUBLIC_URL, regardless of the Host header', async () => {
  await using behindProxy = await startTestServer({ publicUrl: 'https://chat.example' });
  const send = async (origin: string, host: string) =>
    reasonOf(
      await sendRequest(`${behindProxy.url}/trpc/chat.create`, {
        method: 'POST',
        headers: { cookie, origin, host, 'content-type': 'application/json' },
        body: JSON_BODY,
      }),
    );
  expect(await send('https://chat.example', 'internal:8000')).not.toBe('CROSS_SITE_REQUEST');
  expect(await send('http://chat.example', 'chat.example')).toBe('CROSS_SITE_REQUEST');
  expect(await send('https://evil.example', 'evil.example')).toBe('CROSS_SITE_REQUEST');
});

test('the suite has found the mutations of the router', () => {
  expect(mutations.length).toBeGreaterThanOrEqual(12);
  expect(mutations).toContain('chat.send');
  expect(restMutations.length).toBeGreaterThanOrEqual(20);
});
