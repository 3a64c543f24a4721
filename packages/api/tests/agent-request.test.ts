// The request that an agent receives for a message, from the caller to the socket.
import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '../src/index.ts';
import { createCaller } from '../src/root.ts';
import { createTestApi, streamRunEvents, type Caller, type TestApi } from '../src/testing/index.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

async function send(caller: Caller, agentId: string) {
  const { id: chatId } = await caller.chat.create({ agentId });
  const sent = await caller.chat.send({ chatId, messageId: crypto.randomUUID(), content: 'Hi' });
  const { runId } = sent;
  for await (const { data } of streamRunEvents(caller, { chatId, runId })) {
    if (data.type === 'done' || data.type === 'error') {
      return { runId, end: data, request: api.webhook.requests.at(-1) };
    }
  }
  throw new Error('the run has no end');
}

test('the signature of a request verifies with the agent’s signing secret', async () => {
  const { admin } = await api.createTeam();
  const key = randomBytes(32);
  const agent = await admin.caller.agent.create({
    name: 'Signed',
    webhookUrl: api.webhook.url,
    webhookToken: 'token',
    signingSecret: `whsec_${key.toString('base64')}`,
  });
  const { runId, request } = await send(admin.caller, agent.id);
  const headers = request?.headers ?? {};
  const signed = `${runId}.${String(headers['webhook-timestamp'])}.${JSON.stringify(request?.body)}`;
  expect(headers).toMatchObject({
    authorization: 'Bearer token',
    'webhook-id': runId,
    'idempotency-key': runId,
    'webhook-signature': `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  });
});

test('an OpenAI agent receives the configured model, and its answer is saved', async () => {
  const { admin } = await api.createTeam();
  const agent = await admin.caller.agent.create({
    name: 'Model',
    protocol: 'openai',
    webhookUrl: `${api.webhook.url}v1`,
    config: { model: 'llama3.2' },
    systemPrompt: 'Be brief.',
  });
  const { end, request } = await send(admin.caller, agent.id);
  expect(end.type).toBe('done');
  expect(request?.body).toEqual({
    model: 'llama3.2',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
  });
});

test('the trace context of a message is forwarded to the agent', async () => {
  const { admin } = await api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'Traced', webhookUrl: api.webhook.url });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const traced = createCaller(() =>
    createContext(api.services, { cookie: admin.cookie, traceparent, setCookie: () => {} }),
  );
  expect((await send(traced, agent.id)).request?.headers).toMatchObject({ traceparent });
  const { runId, request } = await send(admin.caller, agent.id);
  expect(request?.headers['traceparent']).toContain(runId.replaceAll('-', ''));
});

test.each([
  { auth: 'bearer', webhookToken: 'Bearer xyz', header: 'authorization', value: 'Bearer xyz' },
  { auth: 'basic', webhookToken: 'ada:pw', header: 'authorization', value: 'Basic YWRhOnB3' },
  { auth: 'header', authHeader: 'X-API-Key', webhookToken: 'key', header: 'x-api-key', value: 'key' },
] as const)('the credentials of $auth reach the agent', async ({ header, value, ...credentials }) => {
  const { admin } = await api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url, ...credentials });
  const { request } = await send(admin.caller, agent.id);
  expect(request?.headers[header]).toBe(value);
});

test('an agent’s own limits apply to its chats and its test, in place of the server’s', async () => {
  const { admin } = await api.createTeam();
  const agent = await admin.caller.agent.create({
    name: 'Short',
    webhookUrl: api.webhook.url,
    limits: { maxTextBytes: 1_000 },
  });
  api.webhook.answer((response) => void response.end(JSON.stringify({ output: 'x'.repeat(1_001) })));
  const { end } = await send(admin.caller, agent.id);
  expect(end).toMatchObject({ type: 'error', data: { reason: 'AGENT_RESPONSE_TOO_LARGE' } });
  const report = await admin.caller.agent.test({ id: agent.id });
  expect(report).toMatchObject({
    error: { reason: 'AGENT_RESPONSE_TOO_LARGE' },
    limits: {
      maxTextBytes: 1_000,
      firstByteTimeoutMs: 300_000,
      idleTimeoutMs: 300_000,
      totalTimeoutMs: 1_800_000,
    },
  });
});
