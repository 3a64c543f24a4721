import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followRun, getErrorReason, retryAnswer } from '../src/index.ts';
import { loseResponse, respond502, startTestServer } from './start-test-server.ts';
import { logIn, savedAnswer } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

test('an answer is regenerated once, although the response is lost and the next one comes from a proxy', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answer((response) => void response.writeHead(500).end());
  const content = 'Hello';
  const { runId } = await client.chat.send.mutate({ chatId, messageId: crypto.randomUUID(), content });
  await Array.fromAsync(followRun(client, { chatId, runId }));

  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hi' })));
  server.intercept('chat.retry', loseResponse, respond502);
  const again = await retryAnswer(client, { chatId, runId });
  await Array.fromAsync(followRun(client, { chatId, runId: again.runId }));
  expect(await savedAnswer({ client, chatId })).toBe('Hi');
  const { items } = await client.chat.messages.query({ chatId, includeSuperseded: true });
  expect(items).toHaveLength(3);

  const refused = await retryAnswer(client, { chatId, runId: again.runId }).catch((error: unknown) => error);
  expect(getErrorReason(refused)?.reason).toBe('RUN_NOT_RETRYABLE');
});
