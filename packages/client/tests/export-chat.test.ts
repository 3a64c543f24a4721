import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportChat, getErrorReason, sendMessage } from '../src/index.ts';
import { refuseForNow, startTestServer } from './start-test-server.ts';
import { logIn } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

/** Two of these answers exceed the server's limit of a piece. */
const LONG_ANSWER = 'x'.repeat(600_000);

test('the pieces of an export are one document, although the server fails between two of them', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  for (const content of ['First', 'Second', 'Third']) {
    api.webhook.answerTokens([LONG_ANSWER]);
    for await (const _ of sendMessage(client, { chatId, content }));
  }
  const pieces: string[] = [];
  for await (const piece of exportChat(client, { chatId, format: 'json' })) {
    if (pieces.push(piece) === 1) server.intercept('chat.export', refuseForNow('SHUTTING_DOWN'));
  }
  expect(pieces.length).toBeGreaterThan(1);
  const messages = ['First', 'Second', 'Third'].flatMap((content) => [
    { role: 'user', content },
    { role: 'assistant', content: LONG_ANSWER },
  ]);
  expect(JSON.parse(pieces.join(''))).toMatchObject({ chat: { id: chatId }, messages });
});

test('the next piece is requested when the one before it has been consumed', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  for (const content of ['First', 'Second']) {
    api.webhook.answerTokens([LONG_ANSWER]);
    for await (const _ of sendMessage(client, { chatId, content }));
  }
  const pieces = exportChat(client, { chatId });
  expect((await pieces.next()).value).toMatch(/^# /);
  await client.auth.me.query();
  expect(server.requests.filter((request) => request === 'GET chat.export')).toHaveLength(1);
});

test('the export of a missing chat fails with CHAT_NOT_FOUND at the first attempt', async () => {
  await using server = await startTestServer(api.services);
  const { client } = await logIn(api, server);
  const error = await Array.fromAsync(exportChat(client, { chatId: crypto.randomUUID() })).catch(
    (cause: unknown) => cause,
  );
  expect(getErrorReason(error)).toEqual({ reason: 'CHAT_NOT_FOUND' });
  expect(server.requests.filter((request) => request === 'GET chat.export')).toHaveLength(1);
});
