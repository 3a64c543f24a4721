// Streams that the server ends for good: the client reports the reason and does not reconnect.
import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followRun, getErrorReason, type FollowedEvent } from '../src/index.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { logIn, type TestLogin } from './test-login.ts';

/** Longer than an EventSource's reconnect delay of 3 s. */
const RECONNECT_MS = 4_500;

let api: TestApi;
let server: TestServer;

beforeAll(async () => {
  api = await createTestApi({ streams: { maxPerUser: 1, checkMs: 200 } });
  server = await startTestServer(api.services);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

beforeEach(() => {
  api.webhook.answerTokens(['Working', ' never'], () => new Promise(() => {}));
});

const streamRequests = (): number => server.requests.filter((line) => line.endsWith('chat.stream')).length;

async function startRun({ client, chatId }: TestLogin): Promise<void> {
  await client.chat.send.mutate({ chatId, messageId: crypto.randomUUID(), content: 'Hi' });
}

interface Following {
  started: Promise<void>;
  failure: Promise<unknown>;
}

function follow({ client, chatId }: TestLogin): Following {
  const started = Promise.withResolvers<void>();
  const failure = (async () => {
    for await (const event of followRun(client, { chatId })) if (isText(event)) started.resolve();
  })().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { started: started.promise, failure };
}

function isText({ type }: FollowedEvent): boolean {
  return type === 'message';
}

test('a subscription whose session was revoked fails with SESSION_EXPIRED and does not reconnect', async () => {
  const login = await logIn(api, server);
  await startRun(login);
  const failure = Promise.withResolvers<unknown>();
  const started = Promise.withResolvers<void>();
  login.client.chat.stream.subscribe(
    { chatId: login.chatId },
    {
      onData: () => started.resolve(),
      onError: failure.resolve,
      onComplete: () => failure.resolve('complete'),
    },
  );
  await started.promise;
  const requests = streamRequests();
  await api.db.deleteFrom('sessions').where('userId', '=', login.team.user.id).execute();
  expect(getErrorReason(await failure.promise)?.reason).toBe('SESSION_EXPIRED');
  await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  expect(streamRequests()).toBe(requests);
});

test('a stream replaced by a newer one fails with TOO_MANY_STREAMS and does not reconnect', async () => {
  const login = await logIn(api, server);
  await startRun(login);
  const first = follow(login);
  await first.started;
  const second = follow(login);
  await second.started;
  expect(getErrorReason(await first.failure)?.reason).toBe('TOO_MANY_STREAMS');
  const requests = streamRequests();
  await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  expect(streamRequests()).toBe(requests);
  await login.client.chat.stop.mutate({ chatId: login.chatId });
  expect(await second.failure).toBeUndefined();
});
