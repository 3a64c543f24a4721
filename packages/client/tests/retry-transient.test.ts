// Clients of a server that refuses for now and says for how long.
import { rateLimited, type ErrorReason, type RateLimitName, type RateLimits } from '@parley/api';
import { createTestApi } from '@parley/api/testing';
import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import {
  getErrorReason,
  isTransient,
  retryDelayMs,
  sendMessage,
  type AppRouter,
  type FollowedEvent,
  type Retry,
} from '../src/index.ts';
import { startTestServer } from './start-test-server.ts';
import { logIn } from './test-login.ts';

/** Rounded up to 1 s; without it, the first delay would be 250 ms. */
const RETRY_AFTER_MS = 600;

test('a message that is rate limited is sent again after retryAfterSeconds, and saved once', async () => {
  const limit = limitOnce('send', RETRY_AFTER_MS);
  await using api = await createTestApi({ rateLimits: limit.rateLimits });
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['Hello']);
  const retries: Retry[] = [];

  const events = await Array.fromAsync(
    sendMessage(client, { chatId, content: 'Hi', onRetry: (retry) => retries.push(retry) }),
  );
  expect(events.at(-1)?.type).toBe('done');
  expect(limit.waitedMs()).toBeGreaterThanOrEqual(1_000);
  expect(retries).toHaveLength(1);
  expect(retries[0]?.delayMs).toBe(1_000);
  expect(getErrorReason(retries[0]?.error)).toEqual({ reason: 'RATE_LIMITED', retryAfterSeconds: 1 });
  expect((await client.chat.get.query({ id: chatId })).messages).toHaveLength(2);
});

test('a stream that is rate limited is opened again after retryAfterSeconds, and shows the whole answer', async () => {
  const limit = limitOnce('stream', RETRY_AFTER_MS);
  await using api = await createTestApi({ rateLimits: limit.rateLimits });
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['One', ' two']);

  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hi' }));
  expect(textOf(events)).toBe('One two');
  expect(limit.waitedMs()).toBeGreaterThanOrEqual(1_000);
});

test('an abort ends the wait for a rate limit at once', async () => {
  const limit = limitOnce('send', 60_000);
  await using api = await createTestApi({ rateLimits: limit.rateLimits });
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const controller = new AbortController();
  const onRetry = (): void => controller.abort(new Error('enough'));
  const sending = sendMessage(client, { chatId, content: 'Hi', signal: controller.signal, onRetry });
  await expect(sending.next()).rejects.toThrow('enough');
});

test('the delay doubles from 250 ms to 8 s, and is never shorter than retryAfterSeconds', () => {
  const noAnswer = new TypeError('fetch failed');
  expect([1, 2, 3, 6, 7, 60].map((attempt) => retryDelayMs(noAnswer, attempt))).toEqual([
    250, 500, 1_000, 8_000, 8_000, 8_000,
  ]);
  const limited = errorOf('RATE_LIMITED', 3);
  expect([1, 8].map((attempt) => retryDelayMs(limited, attempt))).toEqual([3_000, 8_000]);
});

test('errors without an answer of Parley are transient, and so are refusals that pass by themselves', () => {
  expect(isTransient(new TypeError('fetch failed'))).toBe(true);
  expect(isTransient(new TRPCClientError('Unexpected token <'))).toBe(true);
  const reasons = [
    'RATE_LIMITED',
    'SERVER_BUSY',
    'TEAM_BUSY',
    'OVERLOADED',
    'SHUTTING_DOWN',
    'DATABASE_UNAVAILABLE',
    'INTERNAL_ERROR',
  ] as const;
  expect(reasons.map((reason) => isTransient(errorOf(reason)))).toEqual(reasons.map(() => true));
  for (const reason of ['RUN_ALREADY_ACTIVE', 'SESSION_EXPIRED', 'TOO_MANY_STREAMS'] as const)
    expect(isTransient(errorOf(reason))).toBe(false);
});

/** Refuses the first call of one kind, and measures the time until the second. */
function limitOnce(limited: RateLimitName, retryAfterMs: number) {
  const calls: number[] = [];
  const rateLimits: RateLimits = {
    async consume(name) {
      if (name !== limited) return;
      calls.push(performance.now());
      if (calls.length === 1) throw rateLimited(retryAfterMs);
    },
    isExceeded: async () => false,
  };
  return { rateLimits, waitedMs: () => (calls[1] ?? Number.NaN) - (calls[0] ?? Number.NaN) };
}

function errorOf(reason: ErrorReason, retryAfterSeconds?: number): TRPCClientError<AppRouter> {
  return TRPCClientError.from({
    error: {
      code: -32603,
      message: 'Not now.',
      data: {
        code: 'SERVICE_UNAVAILABLE',
        httpStatus: 503,
        reason,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      },
    },
  });
}

function textOf(events: readonly FollowedEvent[]): string {
  return events.map((event) => (event.type === 'message' ? event.data.content : '')).join('');
}
