// Rate limits through the whole server, on real sockets.
import { limitOfProcedure, rateLimitNames } from '@parley/api';
import { newId } from '@parley/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRateLimits } from '../../src/rate-limits/create-rate-limits.ts';
import { defaultLimits, type Limits } from '../../src/rate-limits/limits.ts';
import { sendRequest, reasonOf, type RawResponse } from '../send-request.ts';
import { procedurePaths } from '../procedure-paths.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

const limits: Partial<Limits> = {
  send: { points: 3, seconds: 60, isShared: true },
  stream: { points: 2, seconds: 60, isShared: false },
  call: { points: 6, seconds: 60, isShared: false },
  failedAuth: { points: 4, seconds: 60, isShared: false },
};

let server: TestServer;
let address = 1;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ['127.0.0.1'], rateLimits: createRateLimits({ limits }) });
});

afterAll(() => server[Symbol.asyncDispose]());

// Each test has its own address.
beforeEach(() => (address += 1));

interface Caller {
  cookie?: string;
  authorization?: string;
  from?: string;
}

function post(path: string, input: unknown, { from = `203.0.113.${address}`, ...caller }: Caller = {}) {
  return sendRequest(`${server.url}/trpc/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': from,
      'sec-fetch-site': 'none',
      ...caller,
    },
    body: JSON.stringify({ json: input }),
  });
}

function get(path: string, { from = `203.0.113.${address}`, ...caller }: Caller = {}): Promise<RawResponse> {
  return sendRequest(`${server.url}/trpc/${path}`, { headers: { 'x-forwarded-for': from, ...caller } });
}

async function repeat(
  times: number,
  request: (index: number) => Promise<RawResponse>,
): Promise<(string | undefined)[]> {
  const reasons = [];
  for (let index = 0; index < times; index += 1) reasons.push(reasonOf(await request(index)));
  return reasons;
}

const wrongLogin = (email: string) => ({ email, password: 'not the password' });
const uniqueEmail = () => `${newId()}@example.com`;

describe('logins', () => {
  test('are limited to 5 a minute per address, for any accounts, with Retry-After', async () => {
    const answers: RawResponse[] = [];
    for (let index = 0; index < 6; index += 1)
      answers.push(await post('auth.login', wrongLogin(uniqueEmail())));
    expect(answers.slice(0, 5).map(reasonOf)).toEqual(Array.from({ length: 5 }, () => 'INVALID_CREDENTIALS'));
    const last = answers.at(-1);
    expect(last?.status).toBe(429);
    const seconds = Number(last?.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(JSON.parse(last?.body ?? '')).toMatchObject({
      error: {
        json: { data: { code: 'TOO_MANY_REQUESTS', reason: 'RATE_LIMITED', retryAfterSeconds: seconds } },
      },
    });
  });

  test('are limited to 5 a minute per account, from any addresses, whether or not it exists', async () => {
    const { user } = await server.api.createTeam();
    for (const email of [user.email, uniqueEmail()]) {
      const spelled = (index: number) => (index % 2 === 0 ? email : ` ${email.toUpperCase()} `);
      const reasons = await repeat(6, (index) =>
        post('auth.login', wrongLogin(spelled(index)), { from: `198.51.100.${index}` }),
      );
      expect(reasons).toEqual([...Array.from({ length: 5 }, () => 'INVALID_CREDENTIALS'), 'RATE_LIMITED']);
    }
  });

  test('from one IPv6 /64 share a limit, and the next /64 has its own', async () => {
    const reasons = await repeat(6, (index) =>
      post('auth.login', wrongLogin(uniqueEmail()), { from: `2001:db8:0:7:${index + 1}::${index}` }),
    );
    expect(reasons.at(-1)).toBe('RATE_LIMITED');
    const next = await post('auth.login', wrongLogin(uniqueEmail()), { from: '2001:db8:0:8::1' });
    expect(reasonOf(next)).toBe('INVALID_CREDENTIALS');
  });

  test('count by the real address when the client forges X-Forwarded-For', async () => {
    const reasons = await repeat(6, (index) =>
      post('auth.login', wrongLogin(uniqueEmail()), { from: `10.9.8.${index}, 203.0.113.250` }),
    );
    expect(reasons.at(-1)).toBe('RATE_LIMITED');
  });
});

test('logins over REST and tRPC share a limit, and REST has its own error format', async () => {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${address}` };
  const login = (path: string, body: unknown) =>
    sendRequest(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await repeat(3, () => login('/trpc/auth.login', { json: wrongLogin(uniqueEmail()) }));
  await repeat(2, () => login('/api/auth/login', wrongLogin(uniqueEmail())));
  const refused = await login('/api/auth/login', wrongLogin(uniqueEmail()));
  expect([refused.status, reasonOf(refused)]).toEqual([429, 'RATE_LIMITED']);
  expect(refused.headers['retry-after']).toMatch(/^\d+$/);
  expect(refused.body).toContain('"retry_after_seconds":');
});

describe('calls of a user', () => {
  test('are counted by user, not by address, and each call of a batch counts', async () => {
    const team = await server.api.createTeam();
    const { cookie } = team.user;
    const paths = Array.from({ length: 4 }, () => 'agent.list').join(',');
    expect((await get(`${paths}?batch=1`, { cookie })).body).not.toContain('RATE_LIMITED');
    const second = await get(`${paths}?batch=1`, { cookie, from: '198.51.100.77' });
    expect(second.body.match(/"RATE_LIMITED"/g)).toHaveLength(2);
    expect(second.headers['retry-after']).toMatch(/^\d+$/);
    expect((await get('agent.list', { cookie: team.admin.cookie })).status).toBe(200);
  });

  test('have a separate limit for sending', async () => {
    const { cookie } = (await server.api.createTeam()).user;
    const send = () => post('chat.send', { chatId: newId(), messageId: newId(), content: 'x' }, { cookie });
    expect(await repeat(4, send)).toEqual([
      'CHAT_NOT_FOUND',
      'CHAT_NOT_FOUND',
      'CHAT_NOT_FOUND',
      'RATE_LIMITED',
    ]);
    expect((await get('agent.list', { cookie })).status).toBe(200);
  });

  test('that open too many streams fail with RATE_LIMITED in the stream', async () => {
    const { cookie } = (await server.api.createTeam()).user;
    const input = encodeURIComponent(JSON.stringify({ json: { chatId: newId() } }));
    const open = () => get(`chat.stream?input=${input}`, { cookie });
    expect(await repeat(3, open)).toEqual(['CHAT_NOT_FOUND', 'CHAT_NOT_FOUND', 'RATE_LIMITED']);
  });
});

describe('failed guesses', () => {
  const guesses = [
    'INVALID_API_KEY',
    'INVALID_API_KEY',
    'INVALID_API_KEY',
    'INVALID_API_KEY',
    'RATE_LIMITED',
  ];

  test('of keys are limited per address, and the sessions and keys behind that address keep working', async () => {
    const { cookie, createApiKey } = (await server.api.createTeam()).user;
    const { key } = await createApiKey();
    const guess = (index: number) => get('agent.list', { authorization: `Bearer parley_${address}${index}` });
    expect(await repeat(5, guess)).toEqual(guesses);
    const flood = Promise.all(Array.from({ length: 50 }, (_, index) => guess(index)));
    const valid = [{ cookie }, { authorization: `Bearer ${key}` }];
    const statuses = await Promise.all(valid.map(async (mine) => (await get('agent.list', mine)).status));
    expect(statuses).toEqual([200, 200]);
    expect((await post('auth.refresh', undefined, { cookie })).status).toBe(200);
    expect((await post('auth.logout', undefined, { cookie })).status).toBe(200);
    expect(new Set((await flood).map(reasonOf))).toEqual(new Set(['RATE_LIMITED']));
  });

  test('of one key are limited from any address, and need no lookup beyond the limit', async () => {
    const authorization = `Bearer parley_${newId()}`;
    const guess = (index: number) => get('agent.list', { authorization, from: `198.51.100.${index}` });
    expect(await repeat(5, guess)).toEqual(guesses);
    await using _ = await lockApiKeys();
    expect(reasonOf(await guess(6))).toBe('RATE_LIMITED');
  });

  test('with an ended session are limited, and the next login behind that address works', async () => {
    const team = await server.api.createTeam();
    const { cookie } = team.user;
    await team.user.caller.auth.logout();
    expect(await repeat(5, () => get('agent.list', { cookie }))).toEqual([
      ...Array.from({ length: 4 }, () => 'SESSION_EXPIRED'),
      'RATE_LIMITED',
    ]);
    expect(reasonOf(await post('auth.refresh', undefined, { cookie }))).toBe('RATE_LIMITED');
    expect((await get('agent.list', { cookie: team.admin.cookie })).status).toBe(200);
  });

  test('of session ids by auth.refresh and auth.logout are limited per address', async () => {
    for (const path of ['auth.refresh', 'auth.logout']) {
      const from = `192.0.2.${address}`;
      const guess = () => post(path, undefined, { cookie: `parley_session=${newId()}`, from });
      expect((await repeat(5, guess)).at(-1)).toBe('RATE_LIMITED');
      address += 1;
    }
  });
});

test('anonymous calls over the limit of an address leave refresh and logout of its sessions alone', async () => {
  const { cookie } = (await server.api.createTeam()).user;
  expect((await repeat(7, () => post('auth.refresh', undefined))).at(-1)).toBe('RATE_LIMITED');
  expect((await post('auth.refresh', undefined, { cookie })).status).toBe(200);
  expect((await post('auth.logout', undefined, { cookie })).status).toBe(200);
});

/** While it is held, every lookup of a key waits. */
async function lockApiKeys(): Promise<AsyncDisposable> {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const transaction = server.api.db.transaction().execute(async (trx) => {
    await sql`lock table api_keys in access exclusive mode`.execute(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  return {
    async [Symbol.asyncDispose]() {
      release.resolve();
      await transaction;
    },
  };
}

test('every rate limit belongs to an existing procedure', () => {
  const procedures = [
    ...procedurePaths('mutation'),
    ...procedurePaths('query'),
    ...procedurePaths('subscription'),
  ];
  for (const [path, name] of limitOfProcedure) {
    expect(procedures).toContain(path);
    expect(rateLimitNames).toContain(name);
  }
  expect(limitOfProcedure.get('auth.login')).toBe('login');
  expect(defaultLimits.login).toMatchObject({ points: 5, seconds: 60 });
});
