// The traces of an agent's failure: the user's message and the admin's log entry, neither of which reveals a secret.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, streamRunEvents, type TestApi } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi({ runs: { agentLimits: { connectRetryDelayMs: 1, maxTextBytes: 10_000 } } });
});

afterAll(() => api[Symbol.asyncDispose]());

const canaries = {
  webhookToken: 'canary-token-1',
  signingSecret: `whsec_${Buffer.from('canary-signing-secret-1234').toString('base64')}`,
  systemPrompt: 'canary-prompt',
  config: { key: 'canary-config' },
};

type Answer = Parameters<TestApi['webhook']['answer']>[0];

async function fail(answer: Answer) {
  api.webhook.answer(answer);
  const { admin, user } = await api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url, ...canaries });
  const { id: chatId } = await user.caller.chat.create({ agentId: agent.id });
  const content = 'canary-message';
  const { runId } = await user.caller.chat.send({ chatId, messageId: crypto.randomUUID(), content });
  const events = [];
  for await (const { data } of streamRunEvents(user.caller, { chatId, runId })) events.push(data);
  const [, saved] = (await user.caller.chat.get({ id: chatId })).messages;
  // The log entry is written after the terminal event.
  await expect.poll(async () => (await admin.caller.admin.errors({})).items.length).toBe(1);
  const [logged] = (await admin.caller.admin.errors({})).items;
  return { end: events.at(-1), saved, logged, agentId: agent.id, runId };
}

const echo = { status: 500, type: 'application/json' };

describe('the failure of an agent', () => {
  test.each<[string, string, Answer, RegExp]>([
    [
      'an agent that prints its request',
      'AGENT_ERROR',
      (response, { headers, body }) => {
        response.writeHead(echo.status, { 'content-type': echo.type });
        response.end(
          JSON.stringify({ message: `at ${JSON.stringify(headers)} ${JSON.stringify(body)}`, headers, body }),
        );
      },
      /HTTP 500/,
    ],
    [
      'an agent that answers with its request',
      'AGENT_MISCONFIGURED',
      (response, { headers, body }) =>
        void response.end(JSON.stringify([{ headers, params: {}, query: {}, body }])),
      /returned its own input/,
    ],
    [
      'an agent behind a proxy that times out',
      'AGENT_TIMEOUT',
      (response) => void response.writeHead(524).end('<html><body>canary-page error 524</body></html>'),
      /HTTP 524/,
    ],
    [
      'an agent whose workflow is not active',
      'AGENT_NOT_REGISTERED',
      (response) =>
        void response
          .writeHead(404)
          .end('{"code":404,"message":"The requested webhook \\"POST x\\" is not registered."}'),
      /not active: publish it in n8n/,
    ],
    [
      'an agent with an empty answer',
      'AGENT_EMPTY_RESPONSE',
      (response) => void response.end(),
      /Enable Streaming/,
    ],
    [
      'an agent with a too long answer',
      'AGENT_RESPONSE_TOO_LARGE',
      (response) => void response.end('canary-text '.repeat(1_000)),
      /limit/,
    ],
  ])(
    '%s fails with %s for the user and a hint for the admin, and neither reveals a secret',
    async (_, reason, answer, hint) => {
      const { end, logged, saved, agentId, runId } = await fail(answer);
      expect(end).toMatchObject({ type: 'error', data: { reason } });
      expect(saved).toMatchObject({ status: 'failed', error: { reason } });
      expect(logged).toMatchObject({ reason, agentId, runId });
      expect(logged?.hint).toMatch(hint);
      const shown = JSON.stringify([end, logged]);
      // An agent's error may quote the message or the system prompt, but no secret.
      expect(shown).not.toMatch(/canary-(?:token|signing|page|text)|Y2FuYXJ5/);
      expect(Buffer.byteLength(logged?.hint ?? '')).toBeLessThanOrEqual(2_048);
      expect(JSON.stringify(end)).not.toContain('HTTP');
    },
  );

  test('the text of a failed answer is saved without NUL characters, which Postgres cannot store', async () => {
    const { saved, end } = await fail((response) => {
      response.write('data: {"content":"a\\u0000b\\ud800c"}\n\n');
      response.end('data: {"error":"boom \\u0000 canary-token-1"}\n\n');
    });
    expect(end).toMatchObject({ data: { reason: 'AGENT_ERROR' } });
    expect(saved).toMatchObject({ content: 'a\ufffdb\ufffdc', status: 'failed' });
  });
});

describe('agent.test', () => {
  test('agent.test calls the agent once, reports the result, and saves no chat and no error', async () => {
    api.webhook.answerTokens(['Hello', ' you']);
    const { admin } = await api.createTeam();
    const { id } = await admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url, ...canaries });
    const before = api.webhook.requests.length;
    const report = await admin.caller.agent.test({ id, message: 'Anybody there?' });
    expect(report).toMatchObject({ isOk: true, mode: 'sse', text: 'Hello you', status: 200, error: null });
    expect(report.summary).toContain('streams server-sent events');
    expect(api.webhook.requests).toHaveLength(before + 1);
    expect(api.webhook.requests.at(-1)).toMatchObject({
      headers: { authorization: 'Bearer canary-token-1', 'webhook-signature': expect.stringMatching(/^v1,/) },
      body: { chatInput: 'Anybody there?', agent_id: id, user: { id: admin.id } },
    });
    expect((await admin.caller.chat.list({})).items).toEqual([]);
  });

  test('agent.test reports a failure with its hint and without secrets', async () => {
    api.webhook.answer(
      (response, { headers }) =>
        void response.writeHead(500).end(JSON.stringify({ message: headers.authorization })),
    );
    const { admin } = await api.createTeam();
    const { id } = await admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url, ...canaries });
    const report = await admin.caller.agent.test({ id });
    expect(report).toMatchObject({ isOk: false, isReachable: true, error: { reason: 'AGENT_ERROR' } });
    expect(report.summary).toContain('[redacted]');
    expect(JSON.stringify(report)).not.toContain('canary');
    expect((await admin.caller.admin.errors({})).items).toEqual([]);
  });

  test('agent.test is refused to users, and for agents of another team', async () => {
    const [ours, theirs] = [await api.createTeam(), await api.createTeam()];
    const { id } = await ours.admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url });
    const before = api.webhook.requests.length;
    expect(await reasonOf(ours.user.caller.agent.test({ id }))).toBe('ADMIN_REQUIRED');
    expect(await reasonOf(theirs.admin.caller.agent.test({ id }))).toBe('AGENT_NOT_FOUND');
    expect(api.webhook.requests).toHaveLength(before);
  });
});
