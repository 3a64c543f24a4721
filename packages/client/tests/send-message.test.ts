import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  followRun,
  getErrorReason,
  initialRunView,
  reduceRunEvents,
  sendMessage,
  type FollowedEvent,
} from '../src/index.ts';
import {
  respond502,
  endStreamEarly,
  loseResponse,
  refuseForNow,
  startTestServer,
  type TestServer,
} from './start-test-server.ts';
import { logIn, savedAnswer } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  // The log of a run is dropped when it ends: a follower that reconnects later reads the journal.
  api = await createTestApi({ runs: { logRetentionMs: 0 } });
});

afterAll(() => api[Symbol.asyncDispose]());

test('an answer arrives token by token, while the agent is still writing', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const tokens = ['One', ' two', ' three'];
  const received = tokens.map(() => Promise.withResolvers<void>());
  api.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [index, content] of tokens.entries()) {
      response.write(`data: ${JSON.stringify({ content })}\n\n`);
      // Wait until the client has received this token.
      await received[index]?.promise;
    }
    response.end('data: [DONE]\n\n');
  });

  const events: FollowedEvent[] = [];
  for await (const event of sendMessage(client, { chatId, content: 'Count' })) {
    events.push(event);
    if (event.type === 'message') received[messagesOf(events).length - 1]?.resolve();
  }
  expect(messagesOf(events)).toEqual(tokens);
  expect(events.at(-1)).toMatchObject({ type: 'done' });

  const view = events.reduce(reduceRunEvents, initialRunView);
  const { messages } = await client.chat.get.query({ id: chatId });
  expect(messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'Count'],
    ['assistant', 'One two three'],
  ]);
  expect(view).toMatchObject({ text: 'One two three', state: 'succeeded', messageId: messages.at(-1)?.id });
});

test('a slow reader receives every event, in order', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const tokens = Array.from({ length: 500 }, (_, index) => ` ${index}`);
  const first = Promise.withResolvers<void>();
  api.webhook.answerTokens(tokens, () => first.promise);

  let text = '';
  for await (const event of sendMessage(client, { chatId, content: 'Count' })) {
    if (event.type !== 'message') continue;
    first.resolve();
    if (text === '') await sleep(200);
    text += event.data.content;
  }
  expect(text).toBe(tokens.join('').trimStart());
});

test('a failure of the agent is the last event, not an exception', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answer((response) => void response.writeHead(500).end('no'));
  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' }));
  expect(events.at(-1)).toMatchObject({ type: 'error', data: { reason: 'AGENT_ERROR' } });
});

test('after a lost connection, the answer resumes without a gap or a repetition', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const tokens = ['Before', ' the', ' cut', ' and', ' after'];
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(tokens, () => gate.promise);

  const connection: boolean[] = [];
  const events: FollowedEvent[] = [];
  const onConnectionChange = (isConnected: boolean): void => void connection.push(isConnected);
  for await (const event of sendMessage(client, { chatId, content: 'Hello', onConnectionChange })) {
    events.push(event);
    if (messagesOf(events).length === 1 && !connection.includes(false)) {
      server.cutConnections();
      await vi.waitFor(() => expect(connection).toContain(false));
      // The run waits until the client has reconnected, so that it resumes from the log in memory.
      void vi.waitFor(() => expect(connection.at(-1)).toBe(true), 10_000).then(() => gate.resolve());
    }
  }
  expect(messagesOf(events).join('')).toBe(tokens.join(''));
  expect(events.some((event) => event.type === 'message' && event.data.reset)).toBe(false);
  expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
  expect(connection).toEqual([true, false, true]);
  expect(await savedAnswer({ client, chatId })).toBe(tokens.join(''));
});

test('an answer that ended while the client was disconnected resumes without a gap or a repetition', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['Before', ' and', ' after'], () => gate.promise);

  let view = initialRunView;
  const events: FollowedEvent[] = [];
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    events.push(event);
    view = reduceRunEvents(view, event);
    if (messagesOf(events).length === 1) {
      server.cutConnections();
      gate.resolve();
    }
  }
  expect(messagesOf(events).join('')).toBe('Before and after');
  expect(view).toMatchObject({ text: 'Before and after', state: 'succeeded' });
  expect(await savedAnswer({ client, chatId })).toBe('Before and after');
});

test('a message whose response was lost is sent again, and saved once', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['Once']);
  const before = api.webhook.requests.length;
  server.intercept('chat.send', loseResponse, respond502);

  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' }));
  expect(events.at(-1)).toMatchObject({ type: 'done' });
  expect(server.requests.filter((request) => request === 'POST chat.send')).toHaveLength(3);
  expect((await client.chat.get.query({ id: chatId })).messages).toHaveLength(2);
  expect(api.webhook.requests.length - before).toBe(1);
});

test('a message that is refused with SHUTTING_DOWN or DATABASE_UNAVAILABLE is sent again', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['Taken']);
  server.intercept('chat.send', refuseForNow('SHUTTING_DOWN'), refuseForNow('DATABASE_UNAVAILABLE'));
  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' }));
  expect(events.at(-1)).toMatchObject({ type: 'done' });
  expect(server.requests.filter((request) => request === 'POST chat.send')).toHaveLength(3);
  expect((await client.chat.get.query({ id: chatId })).messages).toHaveLength(2);
});

test('a message sent again with its messageId, as after a crash of the client, yields the same answer', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['Same']);
  const message = { chatId, content: 'Hello', messageId: crypto.randomUUID() };
  const views = [];
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const events = await Array.fromAsync(sendMessage(client, message));
    views.push(events.reduce(reduceRunEvents, initialRunView));
  }
  expect(views[1]).toEqual(views[0]);
  expect((await client.chat.get.query({ id: chatId })).messages).toHaveLength(2);
});

test('a refusal that is not transient, such as RUN_ALREADY_ACTIVE, is not retried', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  const first = sendMessage(client, { chatId, content: 'Hello' });
  await first.next();

  const error = await sendMessage(client, { chatId, content: 'And' })
    .next()
    .catch((cause: unknown) => cause);
  expect(getErrorReason(error)).toEqual({ reason: 'RUN_ALREADY_ACTIVE' });
  expect(server.requests.filter((request) => request === 'POST chat.send')).toHaveLength(2);
  gate.resolve();
  await Array.fromAsync(first);
});

test('a stream that is refused, or ends before the run, is opened again', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  server.intercept('chat.stream', endStreamEarly, respond502);

  let text = '';
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    if (event.type === 'message') text += event.data.content;
    gate.resolve();
  }
  expect(text).toBe('One two');
  expect(streamsOf(server)).toBe(3);
});

test('after a stream ends in the middle of an answer, the next one resumes after the last event', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  server.intercept('chat.stream', (request, response, handle) => {
    handle(request, response);
    void end.promise.then(() => response.end('event: return\ndata: \n\n'));
  });

  const texts: string[] = [];
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    if (event.type !== 'message') continue;
    texts.push(event.data.content);
    end.resolve();
    void vi.waitFor(() => expect(streamsOf(server)).toBe(2)).then(() => gate.resolve());
  }
  expect(texts).toEqual(['One', ' two']);
});

test('followRun replays a run from the beginning, or resumes after lastEventId', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two', ' three'], () => gate.promise);

  const seen: FollowedEvent[] = [];
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    seen.push(event);
    if (event.type === 'message') break;
  }
  const lastEventId = seen.at(-1)?.id ?? '';
  const [fromStart, fromHere] = [followRun(client, { chatId }), followRun(client, { chatId, lastEventId })];
  const both = [Array.fromAsync(fromStart), Array.fromAsync(fromHere)] as const;
  await vi.waitFor(() => expect(server.openStreams).toBe(2));
  gate.resolve();

  const [all, rest] = await Promise.all(both);
  expect(messagesOf(all).join('')).toBe('One two three');
  expect(messagesOf(rest).join('')).toBe(' two three');
  expect([all.at(-1)?.type, rest.at(-1)?.type]).toEqual(['done', 'done']);
});

test('followRun yields nothing in a chat without a run, or after the last event', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  expect(await Array.fromAsync(followRun(client, { chatId }))).toEqual([]);
  api.webhook.answerTokens(['One']);
  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hello' }));
  expect(events.at(-1)?.type).toBe('done');
  // The log of the run has been dropped: lastEventId is the cursor at the end of the saved text.
  const again = await Array.fromAsync(followRun(client, { chatId }));
  const lastEventId = again.at(-1)?.id ?? '';
  expect(await Array.fromAsync(followRun(client, { chatId, lastEventId }))).toEqual([]);
});

test('followRun of a missing chat fails with CHAT_NOT_FOUND, without a retry', async () => {
  await using server = await startTestServer(api.services);
  const { client } = await logIn(api, server);
  const error = await Array.fromAsync(followRun(client, { chatId: crypto.randomUUID() })).catch(
    (cause: unknown) => cause,
  );
  expect(getErrorReason(error)).toEqual({ reason: 'CHAT_NOT_FOUND' });
  expect(streamsOf(server)).toBe(1);
});

test('leaving the loop ends the subscription, but not the run', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
    if (event.type === 'message') break;
  }
  await vi.waitFor(() => expect(server.openStreams).toBe(0));
  gate.resolve();
  await vi.waitFor(async () => expect(await savedAnswer({ client, chatId })).toBe('One two'));
});

test('an abort ends the iteration with its reason at once, and the subscription too', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  const controller = new AbortController();
  const { signal } = controller;
  const types: string[] = [];
  const following = (async () => {
    for await (const { type } of sendMessage(client, { chatId, content: 'Hello', signal })) types.push(type);
  })();
  await vi.waitFor(() => expect(types).toContain('message'));
  controller.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
  expect(types).not.toContain('done');
  await vi.waitFor(() => expect(server.openStreams).toBe(0));
  gate.resolve();
  await vi.waitFor(async () => expect(await savedAnswer({ client, chatId })).toBe('One two'));
});

test('events that are queued for a slow reader are not delivered after an abort', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  api.webhook.answerTokens(['One', ' two', ' three']);
  const controller = new AbortController();
  const events: FollowedEvent[] = [];
  const following = (async () => {
    for await (const event of sendMessage(client, { chatId, content: 'Hello', signal: controller.signal })) {
      events.push(event);
      // Now the end of the answer is in the queue.
      await sleep(200);
      controller.abort(new Error('enough'));
    }
  })();
  await expect(following).rejects.toThrow('enough');
  expect(events).toHaveLength(1);
});

test('sendMessage sends nothing if its signal has already aborted', async () => {
  await using server = await startTestServer(api.services);
  const { client, chatId } = await logIn(api, server);
  const iteration = sendMessage(client, {
    chatId,
    content: 'Hello',
    signal: AbortSignal.abort(new Error('no')),
  });
  await expect(iteration.next()).rejects.toThrow('no');
  expect(server.requests).not.toContain('POST chat.send');
});

function messagesOf(events: readonly FollowedEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'message' ? [event.data.content] : []));
}

function streamsOf(server: TestServer): number {
  return server.requests.filter((request) => request === 'GET chat.stream').length;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
