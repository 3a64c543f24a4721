import { createTestApi, type TestApi } from '@parley/api/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClient, getErrorReason, sendMessage } from '../src/index.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { logIn, savedAnswer } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

test('queries and mutations with an expired token are repeated with a new token', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId, agentId } = await logIn(api, server);
  server.expireAccessTokens();
  expect((await client.chat.get.query({ id: chatId })).id).toBe(chatId);
  expect(refreshesOf(server)).toBe(1);

  server.expireAccessTokens();
  expect((await client.chat.create.mutate({ agentId, title: 'After' })).title).toBe('After');
  expect(refreshesOf(server)).toBe(2);
  expect((await client.chat.list.query()).items).toHaveLength(2);
  expect(refreshesOf(server)).toBe(2);
});

test('calls that fail at the same time share one refresh, and all succeed', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  server.expireAccessTokens();
  const calls = Array.from({ length: 25 }, () => client.chat.get.query({ id: chatId }));
  const stream = Array.fromAsync(client.chat.stream.subscribe({ chatId }));
  const answers = await Promise.all([
    client.auth.me.query(),
    client.chat.update.mutate({ id: chatId, title: 'T' }),
    ...calls,
  ]);
  expect(answers).toHaveLength(27);
  expect(await stream).toEqual([]);
  expect(refreshesOf(server)).toBe(1);
});

test('a slow call that fails with an old token repeats with the new one, without another refresh', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  server.intercept('chat.get', (request, response, handle) => {
    void gate.promise.then(() => handle(request, response));
  });
  const slow = client.chat.get.query({ id: chatId });
  await vi.waitFor(() => expect(server.requests).toContain('GET chat.get'));
  server.expireAccessTokens();
  await client.chat.list.query();
  gate.resolve();
  expect((await slow).id).toBe(chatId);
  expect(refreshesOf(server)).toBe(1);
});

test('a subscription that connects with an expired token starts with a new one', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['One', ' two']);
  server.intercept('chat.stream', (request, response, handle) => {
    server.expireAccessTokens();
    handle(request, response);
  });
  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' }));
  expect(events.at(-1)?.type).toBe('done');
  expect(refreshesOf(server)).toBe(1);
});

test('a subscription whose token expires, more than once, resumes after its last event', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const tokens = ['One', ' two', ' three'];
  const gates = tokens.map(() => Promise.withResolvers<void>());
  api.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [index, content] of tokens.entries()) {
      response.write(`data: ${JSON.stringify({ content })}\n\n`);
      await gates[index]?.promise;
    }
    response.end('data: [DONE]\n\n');
  });

  const received: string[] = [];
  let streams = 0;
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    if (event.type !== 'message') continue;
    gates[received.push(event.data.content) - 1]?.resolve();
    if (received.length === tokens.length) continue;
    server.expireAccessTokens();
    server.cutConnections();
    streams += 1;
  }
  expect(received).toEqual(tokens);
  expect(refreshesOf(server)).toBe(streams);
  expect(await savedAnswer({ client, chatId })).toBe('One two three');
});

test('after the session has expired too, every call fails with SESSION_EXPIRED', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId, team } = await logIn(api, server);
  await api.db.deleteFrom('sessions').where('userId', '=', team.user.id).execute();
  server.expireAccessTokens();
  const outcomes = await Promise.allSettled([
    client.chat.get.query({ id: chatId }),
    client.chat.update.mutate({ id: chatId, title: 'T' }),
    Array.fromAsync(client.chat.stream.subscribe({ chatId })),
    Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' })),
  ]);
  const reasons = outcomes.map(
    (outcome) => outcome.status === 'rejected' && getErrorReason(outcome.reason)?.reason,
  );
  expect(new Set(reasons)).toEqual(new Set(['SESSION_EXPIRED']));
  expect(refreshesOf(server)).toBe(1);
});

test('a token that has expired again right after its refresh is refreshed only once', async () => {
  await using shortLived = await createTestApi({ accessTokenSeconds: -60 });
  await using server = await startTestServer(shortLived.services);
  const { user } = await shortLived.createTeam();
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: user.email, password: user.password });

  const error = await client.chat.list.query().catch((cause: unknown) => cause);
  expect(getErrorReason(error)?.reason).toBe('ACCESS_TOKEN_EXPIRED');
  expect(refreshesOf(server)).toBe(1);

  const chatId = crypto.randomUUID();
  const streamError = await Array.fromAsync(client.chat.stream.subscribe({ chatId })).catch(
    (cause: unknown) => cause,
  );
  expect(getErrorReason(streamError)?.reason).toBe('ACCESS_TOKEN_EXPIRED');
  expect(refreshesOf(server)).toBe(2);
});

test('a subscription that is closed during the refresh does not reconnect', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  server.expireAccessTokens();
  const refreshed = Promise.withResolvers<void>();
  const onError = vi.fn<(error: unknown) => void>();
  server.intercept('auth.refresh', (request, response, handle) => {
    subscription.unsubscribe();
    response.once('close', refreshed.resolve);
    handle(request, response);
  });
  const subscription = client.chat.stream.subscribe({ chatId }, { onError });
  await refreshed.promise;
  await client.chat.list.query();
  expect(server.requests.filter((request) => request === 'GET chat.stream')).toHaveLength(1);
  expect(onError).not.toHaveBeenCalled();
});

function refreshesOf(server: TestServer): number {
  return server.requests.filter((request) => request === 'POST auth.refresh').length;
}
