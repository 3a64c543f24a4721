import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';

let rest: RestServer;
let agentId: string;

beforeAll(async () => {
  rest = await startRestServer();
  const { admin } = rest.team;
  const { id } = await admin.caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url });
  agentId = id;
});

afterAll(() => rest[Symbol.asyncDispose]());

async function newChat(): Promise<string> {
  return (await rest.team.user.caller.chat.create({ agentId })).id;
}

function postMessage(
  chatId: string,
  { body, accept = 'text/event-stream', signal }: { body: unknown; accept?: string; signal?: AbortSignal },
): Promise<Response> {
  return fetch(`${rest.url}/api/chats/${chatId}/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      cookie: rest.team.user.cookie,
      'sec-fetch-site': 'none',
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

test('a sent message streams the events of its run with their ids, and the same answer is saved', async () => {
  rest.api.webhook.answerTokens(['Hi', ' there', ' 👋🏽']);
  const chatId = await newChat();
  const response = await postMessage(chatId, { body: { content: 'Hello' } });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const frames = (await response.text()).split('\n\n');
  expect(frames.pop()).toBe('');
  const { messages } = await rest.team.user.caller.chat.get({ id: chatId });
  const runId = messages[1]?.runId;
  const events = frames.map((frame) => {
    const [, json = '', id] = /^data: (\{.*\})\nid: (\S+)$/.exec(frame) ?? [];
    const { type, data } = JSON.parse(json) as { type: string; data: { content: string } };
    return { id, type, data };
  });
  expect(frames[0]).toBe(
    `data: {"type":"status","data":{"description":"Sending request...","level":"info","done":false}}\nid: ${runId}:1`,
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(frames.length);
  const text = events.map(({ type, data }) => (type === 'message' ? data.content : ''));
  expect(text.join('')).toBe('Hi there 👋🏽');
  expect(messages[1]).toMatchObject({ content: 'Hi there 👋🏽', status: 'complete' });
  expect(frames.at(-1)).toBe(
    `data: {"type":"done","data":{"message":"Stream completed","message_id":"${messages[1]?.id}"}}\nid: ${runId}:end`,
  );
  expect(response.headers.get('content-location')).toBe(`/api/chats/${chatId}/runs/${runId}/events`);
});

test('a client that does not accept a stream gets the final message', async () => {
  rest.api.webhook.answerTokens(['All', ' at once']);
  const chatId = await newChat();
  for (const accept of ['application/json', '*/*', 'text/event-stream;q=0, application/json']) {
    const response = await postMessage(chatId, { body: { content: 'Hello' }, accept });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      role: 'assistant',
      content: 'All at once',
      status: 'complete',
      is_superseded: false,
    });
  }
});

test('a failed run is a failed request for a client that waits for JSON, with the text received so far', async () => {
  rest.api.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"content":"half"}\n\ndata: {"error":"out of tokens"}\n\n');
    response.end();
  });
  const chatId = await newChat();
  const response = await postMessage(chatId, { body: { content: 'Hello' }, accept: 'application/json' });
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({
    reason: 'AGENT_ERROR',
    message: expect.any(String),
    answer: { content: 'half', status: 'failed', error: { reason: 'AGENT_ERROR' } },
  });
});

test('a refused message gets an error status, not a stream', async () => {
  const chatId = await newChat();
  const blank = await postMessage(chatId, { body: { content: ' ' } });
  expect([blank.status, await blank.json()]).toMatchObject([
    400,
    { field_errors: { content: ['must not be blank'] } },
  ]);
  const foreign = await postMessage('00000000-0000-7000-8000-000000000000', { body: { content: 'Hello' } });
  expect([foreign.status, await foreign.json()]).toMatchObject([404, { reason: 'CHAT_NOT_FOUND' }]);
  expect((await rest.team.user.caller.chat.get({ id: chatId })).messages).toEqual([]);
});

test('a message sent twice with one message_id is answered once, and both clients get the answer', async () => {
  rest.api.webhook.answerTokens(['once']);
  const before = rest.api.webhook.requests.length;
  const chatId = await newChat();
  const body = { content: 'Hello', message_id: '01935e6e-0000-7000-8000-0000000000aa' };
  const first = await (await postMessage(chatId, { body, accept: 'application/json' })).json();
  const second = await (await postMessage(chatId, { body, accept: 'application/json' })).json();
  expect(second).toEqual(first);
  expect(rest.api.webhook.requests.length - before).toBe(1);
});

test.each(['text/event-stream', 'application/json'])(
  'a run continues when its client, which asked for %s, disconnects',
  async (accept) => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    rest.api.webhook.answerTokens(['first', ' second'], () => {
      asked.resolve();
      return gate.promise;
    });
    const chatId = await newChat();
    const controller = new AbortController();
    const leaving = postMessage(chatId, {
      body: { content: 'Hello' },
      accept,
      signal: controller.signal,
    }).then((response) => response.text());
    await Promise.race([asked.promise, leaving]);
    controller.abort();
    await expect(leaving).rejects.toThrow();
    gate.resolve();
    const answer = async () => (await rest.team.user.caller.chat.get({ id: chatId })).messages[1];
    await expect
      .poll(answer, { timeout: 10_000 })
      .toMatchObject({ content: 'first second', status: 'complete' });
  },
);

test("a message to another user's chat is refused as for a missing chat", async () => {
  const stranger = await rest.team.createUser();
  const chatId = await newChat();
  const answer = await rest.send(stranger, 'POST', `/api/chats/${chatId}/messages`, { content: 'Hello' });
  expect([answer.status, answer.body]).toMatchObject([404, { reason: 'CHAT_NOT_FOUND' }]);
});
