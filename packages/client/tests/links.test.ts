import { setTimeout as delay } from 'node:timers/promises';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, getErrorReason } from '../src/index.ts';
import type { Fetch } from '../src/request-fetch.ts';
import { startTestServer } from './start-test-server.ts';
import { logIn } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

test('simultaneous calls share a request, ten at most, and calls of auth.* are never batched', async () => {
  await using server = await startTestServer(api.services);
  const { client } = await logIn(api, server);
  server.requests.length = 0;
  await Promise.all([
    client.auth.me.query(),
    client.auth.me.query(),
    ...Array.from({ length: 25 }, () => client.chat.list.query()),
  ]);
  const sizes = server.requests.map((request) => request.split(',').length);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 1, 5, 10, 10]);
});

test('long inputs are split over several requests, so that no URL is too long for the server', async () => {
  await using server = await startTestServer(api.services);
  const { client } = await logIn(api, server);
  const cursor = 'c'.repeat(499);
  const errors = await Promise.all(
    Array.from({ length: 30 }, () => client.chat.list.query({ cursor }).catch((cause: unknown) => cause)),
  );
  expect(errors.map((error) => getErrorReason(error)?.reason)).toEqual(errors.map(() => 'INVALID_CURSOR'));
});

test('an error carries its reason and its field errors', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const blank = { chatId, messageId: 'no uuid', content: '  ' };
  expect(await errorOf(client.chat.send.mutate(blank))).toEqual({
    reason: 'INVALID_INPUT',
    fieldErrors: { messageId: ['must be a UUID'], content: ['must not be blank'] },
  });
  expect(await errorOf(client.chat.get.query({ id: crypto.randomUUID() }))).toEqual({
    reason: 'CHAT_NOT_FOUND',
  });
  expect(await errorOf(Array.fromAsync(client.chat.stream.subscribe({ chatId: 'no uuid' })))).toEqual({
    reason: 'INVALID_INPUT',
    fieldErrors: { chatId: ['must be a UUID'] },
  });
});

test('a login that fits several teams fails with the slugs of the teams', async () => {
  await using server = await startTestServer(api.services);
  const teams = [await api.createTeam(), await api.createTeam()];
  const [{ email, password } = { email: '', password: '' }] = await Promise.all(
    teams.map((team) => team.createUser({ email: 'same@example.com' })),
  );
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  const error = await errorOf(client.auth.login.mutate({ email, password }));
  expect(error).toEqual({
    reason: 'TEAM_REQUIRED',
    teams: expect.arrayContaining(teams.map((team) => team.slug)),
  });
});

test('the test of an agent that is silent for longer than fetch waits for a head is reported', async () => {
  await using server = await startTestServer(api.services);
  const { agentId, team } = await logIn(api, server);
  const { key } = await team.admin.createApiKey({ scope: 'agents' });
  // Node's fetch waits for 300 s.
  const impatientFetch: Fetch = async (url, init) => {
    const response = await Promise.race([fetch(url, init), delay(1_000)]);
    if (response === undefined) throw new TypeError('There was no head within a second.');
    return response;
  };
  const client = createClient({ url: server.url, apiKey: key, fetch: impatientFetch });
  api.webhook.answer(async (response) => {
    await delay(2_500);
    response.end(JSON.stringify({ output: 'At last' }));
  });
  const [report] = await Promise.all([client.agent.test.mutate({ id: agentId }), client.agent.list.query()]);
  expect(report).toMatchObject({ isOk: true, text: 'At last' });
  expect(await errorOf(client.agent.test.mutate({ id: crypto.randomUUID() }))).toEqual({
    reason: 'AGENT_NOT_FOUND',
  });
});

test('getErrorReason is undefined if no server answered', async () => {
  const server = await startTestServer(api.services);
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await server[Symbol.asyncDispose]();
  expect(await errorOf(client.auth.me.query())).toBeUndefined();
  expect(getErrorReason(undefined)).toBeUndefined();
  expect(getErrorReason(new Error('any'))).toBeUndefined();
});

async function errorOf(call: Promise<unknown>): Promise<ReturnType<typeof getErrorReason>> {
  try {
    await call;
  } catch (error) {
    return getErrorReason(error);
  }
  throw new Error('the call succeeded');
}
