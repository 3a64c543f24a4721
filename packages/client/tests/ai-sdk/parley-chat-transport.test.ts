// The AI SDK's own Chat, which `useChat` wraps, on the real router.
import { Chat } from '@ai-sdk/react';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ParleyChatTransport,
  toUIMessage,
  type ParleyChatTransportOptions,
  type ParleyUIMessage,
} from '../../src/ai-sdk/index.ts';
import { loseResponse, startTestServer, type TestServer } from '../start-test-server.ts';
import { logIn, savedAnswer, type TestLogin } from '../test-login.ts';

let api: TestApi;
let server: TestServer;
let login: TestLogin;

beforeAll(async () => {
  api = await createTestApi();
  server = await startTestServer(api.services);
});

beforeEach(async () => {
  login = await logIn(api, server);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

function openChat({
  id = login.chatId,
  messages = [],
  ...options
}: { id?: string; messages?: ParleyUIMessage[] } & Partial<ParleyChatTransportOptions> = {}) {
  const transport = new ParleyChatTransport({ client: login.client, ...options });
  const errors: string[] = [];
  const chat = new Chat<ParleyUIMessage>({
    id,
    messages,
    transport,
    onError: ({ message }) => errors.push(message),
  });
  return { chat, transport, errors };
}

function textsOf(chat: { messages: ParleyUIMessage[] }): string[] {
  return chat.messages.map(({ role, parts }) => {
    const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    return `${role}: ${text}`;
  });
}

/** An agent that writes "One", and the rest when the test says so. */
function answerInTwo(rest: string): { go: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  api.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ content: 'One' })}\n\n`);
    await promise;
    response.end(`data: ${JSON.stringify({ content: rest })}\n\ndata: [DONE]\n\n`);
  });
  return { go: resolve };
}

test('a message is answered, and the answer has the id of the saved one', async () => {
  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hello!' })));
  const { chat } = openChat();
  await chat.sendMessage({ text: 'Hi' });
  expect(textsOf(chat)).toEqual(['user: Hi', 'assistant: Hello!']);
  expect(chat.status).toBe('ready');
  const { items } = await login.client.chat.messages.query({ chatId: login.chatId });
  expect(chat.lastMessage?.id).toBe(items[0]?.id);
});

test('a chat that useChat makes becomes a chat with the agent, once', async () => {
  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hello!' })));
  const created: string[] = [];
  const { chat } = openChat({
    id: 'made-by-use-chat',
    agentId: login.agentId,
    onChatCreated: (chatId) => created.push(chatId),
  });
  await chat.sendMessage({ text: 'Hi' });
  await chat.sendMessage({ text: 'And again' });
  expect(created).toHaveLength(1);
  const { title, messages } = await login.client.chat.get.query({ id: created[0] ?? '' });
  expect(title).toBe('Hi');
  expect(messages.map(({ content }) => content)).toEqual(['Hi', 'Hello!', 'And again', 'Hello!']);
});

test('an answer arrives while the agent is writing, and a reload continues it', async () => {
  const agent = answerInTwo(' two');
  const { chat } = openChat();
  const sent = chat.sendMessage({ text: 'Count' });
  await expect.poll(() => textsOf(chat)).toEqual(['user: Count', 'assistant: One']);
  await chat.stop();
  await sent;

  const { items } = await login.client.chat.messages.query({ chatId: login.chatId });
  const reloaded = openChat({ messages: items.toReversed().map(toUIMessage) });
  const resumed = reloaded.chat.resumeStream();
  await expect.poll(() => textsOf(reloaded.chat)).toEqual(['user: Count', 'assistant: One']);
  agent.go();
  await resumed;
  expect(textsOf(reloaded.chat)).toEqual(['user: Count', 'assistant: One two']);
  expect(reloaded.chat.status).toBe('ready');
});

test('there is nothing to resume when no answer is under way', async () => {
  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hello!' })));
  const { chat } = openChat();
  await chat.sendMessage({ text: 'Hi' });
  await chat.resumeStream();
  expect(textsOf(chat)).toEqual(['user: Hi', 'assistant: Hello!']);
  expect(chat.status).toBe('ready');
});

test('a reader who leaves does not stop the agent', async () => {
  const agent = answerInTwo(' two');
  const { chat } = openChat();
  const sent = chat.sendMessage({ text: 'Count' });
  await expect.poll(() => textsOf(chat)).toContain('assistant: One');
  await chat.stop();
  await sent;
  agent.go();
  await expect.poll(() => savedAnswer(login)).toBe('One two');
});

test('stop of the transport stops the agent, and the answer so far stays', async () => {
  answerInTwo(' two');
  const { chat, transport, errors } = openChat();
  const sent = chat.sendMessage({ text: 'Count' });
  await expect.poll(() => textsOf(chat)).toContain('assistant: One');
  await transport.stop(chat.id);
  await sent;
  expect(chat.status).toBe('ready');
  expect(errors).toEqual([]);
  expect(await savedAnswer(login)).toBe('One');
});

test('with stopsOnAbort, stop of the chat stops the agent', async () => {
  answerInTwo(' two');
  const { chat } = openChat({ stopsOnAbort: true });
  const sent = chat.sendMessage({ text: 'Count' });
  await expect.poll(() => textsOf(chat)).toContain('assistant: One');
  await chat.stop();
  await sent;
  await expect
    .poll(async () => (await login.client.chat.messages.query({ chatId: login.chatId })).items[0]?.status)
    .toBe('canceled');
});

test('a lost connection loses no text', async () => {
  const agent = answerInTwo(' two');
  const { chat } = openChat();
  const sent = chat.sendMessage({ text: 'Count' });
  await expect.poll(() => textsOf(chat)).toContain('assistant: One');
  server.cutConnections();
  agent.go();
  await sent;
  expect(textsOf(chat)).toEqual(['user: Count', 'assistant: One two']);
});

test('a message whose response was lost is saved once', async () => {
  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hello!' })));
  server.intercept('chat.send', loseResponse);
  const { chat } = openChat();
  await chat.sendMessage({ text: 'Hi' });
  const { items } = await login.client.chat.messages.query({ chatId: login.chatId });
  expect(items.map(({ content }) => content)).toEqual(['Hello!', 'Hi']);
});

test('a failed answer is an error with the words of the server, and regenerate answers again', async () => {
  api.webhook.answer((response) => void response.writeHead(500).end());
  const { chat, errors } = openChat();
  await chat.sendMessage({ text: 'Hi' });
  expect(chat.status).toBe('error');
  const { items } = await login.client.chat.messages.query({ chatId: login.chatId });
  expect(errors).toEqual([items[0]?.error?.message]);

  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'Hello!' })));
  await chat.regenerate();
  expect(textsOf(chat)).toEqual(['user: Hi', 'assistant: Hello!']);
});

test('a file, or a chat without an agent, is refused before anything is sent', async () => {
  const { chat, errors } = openChat();
  await chat.sendMessage({
    text: 'Look',
    files: [{ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AAAA' }],
  });
  expect(errors).toEqual(['Parley does not take files yet.']);
  const other = openChat({ id: 'made-by-use-chat' });
  await other.chat.sendMessage({ text: 'Hi' });
  expect(other.errors[0]).toContain('agentId');
});
