import { createHash } from 'node:crypto';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { apiKeys, newId } from '@parley/db';
import { EventSource, type EventSourceInit } from 'eventsource';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, getErrorReason, sendMessage } from '../src/index.ts';
import { startTestServer } from './start-test-server.ts';
import { logIn } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

test('a login is kept in the cookie store until the logout', async () => {
  await using server = await startTestServer(api.services);
  const { user } = await api.createTeam();
  const client = createClient({ url: `${server.url}/`, cookies: new CookieJar() });
  expect(await reasonOf(client.auth.me.query())).toBe('NOT_AUTHENTICATED');
  await client.auth.login.mutate({ email: user.email, password: user.password });
  expect((await client.auth.me.query()).user.id).toBe(user.id);
  await client.auth.logout.mutate();
  expect(await reasonOf(client.auth.me.query())).toBe('NOT_AUTHENTICATED');
});

test('an API key makes calls and follows streams, and is never refreshed', async () => {
  await using server = await startTestServer(api.services);
  const { team, agentId } = await logIn(api, server);
  const client = createClient({ url: server.url, apiKey: await createApiKey(team.user) });
  expect((await client.auth.me.query()).user.id).toBe(team.user.id);

  api.webhook.answerTokens(['By', ' key']);
  const chat = await client.chat.create.mutate({ agentId });
  let text = '';
  for await (const event of sendMessage(client, { chatId: chat.id, content: 'Hello' })) {
    if (event.type === 'message') text += event.data.content;
  }
  expect(text).toBe('By key');

  const stranger = createClient({ url: server.url, apiKey: 'parley_unknown' });
  expect(await reasonOf(stranger.chat.list.query())).toBe('INVALID_API_KEY');
  expect(server.requests).not.toContain('POST auth.refresh');
});

test('without an API key or a cookie store, requests ask the browser to add its cookies', async () => {
  await using server = await startTestServer(api.services);
  const seen: (RequestInit['credentials'] | undefined)[] = [];
  const client = createClient({
    url: server.url,
    fetch: (url, init) => {
      seen.push(init.credentials);
      return fetch(url, init);
    },
  });
  await reasonOf(client.chat.list.query());
  await Array.fromAsync(client.chat.stream.subscribe({ chatId: newId() })).catch(() => {});
  expect(seen).toEqual(['include', 'include']);
});

test('a browser streams with its native EventSource and cookies, and with an API key over fetch', async () => {
  await using server = await startTestServer(api.services);
  const native: unknown[] = [];
  class NativeEventSource extends EventSource {
    constructor(url: string, init?: EventSourceInit) {
      super(url, init);
      native.push(init);
    }
  }
  vi.stubGlobal('EventSource', NativeEventSource);
  try {
    const clients = [
      createClient({ url: server.url }),
      createClient({ url: server.url, apiKey: 'parley_unknown' }),
    ];
    const streams = clients.map((client) =>
      Array.fromAsync(client.chat.stream.subscribe({ chatId: newId() })),
    );
    const reasons = await Promise.all(streams.map((stream) => reasonOf(stream)));
    expect(reasons).toEqual(['NOT_AUTHENTICATED', 'INVALID_API_KEY']);
    expect(native).toEqual([{ withCredentials: true }]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('an invalid url is refused with a TypeError that shows a valid one', () => {
  expect(() => createClient({ url: 'localhost:8000' })).toThrow('such as http://127.0.0.1:8000');
  expect(() => createClient({ url: '/trpc' })).toThrow(TypeError);
});

async function createApiKey(user: { id: string; teamId: string }): Promise<string> {
  const key = `parley_${newId()}`;
  const keyHash = createHash('sha256').update(key).digest('hex');
  await apiKeys.insert(api.db, {
    teamId: user.teamId,
    id: newId(),
    userId: user.id,
    name: 'Test',
    keyHash,
    expiresAt: null,
  });
  return key;
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return getErrorReason(error)?.reason ?? 'none';
}
