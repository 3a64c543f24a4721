// Checks the log lines of requests and runs, and that no secret or user text is among them.
import { createClient, sendMessage } from '@parley/client';
import { newId } from '@parley/db';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/operations/create-logger.ts';
import { sendRequest } from '../send-request.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

const lineSchema = z.looseObject({ level: z.number(), msg: z.string() });
type Line = z.output<typeof lineSchema>;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] });
});

afterAll(() => server[Symbol.asyncDispose]());

const parse = (line: string): Line => lineSchema.parse(JSON.parse(line));
const linesOf = (requestId: string): Line[] =>
  server.logLines.map(parse).filter((line) => line['requestId'] === requestId);

test('a request is logged as one line at info, with its id and without its query', async () => {
  const requestId = newId();
  const { cookie } = (await server.api.createTeam()).user;
  await sendRequest(
    `${server.url}/trpc/agent.list?input=${encodeURIComponent('{"json":{"limit":7}}')}&canary=1`,
    {
      headers: { cookie, 'x-request-id': requestId, 'x-forwarded-for': '203.0.113.9' },
    },
  );
  await expect.poll(() => linesOf(requestId)).toHaveLength(1);
  expect(linesOf(requestId)[0]).toMatchObject({
    level: 30,
    msg: 'request',
    method: 'GET',
    path: '/trpc/agent.list',
    status: 200,
    address: '203.0.113.9',
    durationMs: expect.any(Number),
  });
});

test('a proxy that TRUSTED_PROXIES does not list is logged once, with its address and the setting', async () => {
  await using unlisted = await startTestServer({ trustedProxies: ['10.0.0.1'] });
  const warnings = () => unlisted.logLines.map(parse).filter(({ level }) => level === 40);
  await sendRequest(`${unlisted.url}/healthz`);
  expect(warnings()).toEqual([]);
  for (const header of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded'])
    await sendRequest(`${unlisted.url}/healthz`, { headers: { [header]: '203.0.113.9' } });
  expect(warnings()).toEqual([
    expect.objectContaining({ peer: '127.0.0.1', msg: expect.stringContaining('TRUSTED_PROXIES') }),
  ]);
  await sendRequest(`${server.url}/healthz`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(server.logLines.join('')).not.toContain('TRUSTED_PROXIES');
});

test('probes of /healthz, /readyz and /metrics are not logged at info', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    await sendRequest(`${server.url}${path}`, { headers: { 'x-request-id': `quiet-${path.slice(1)}` } });
  }
  await sendRequest(`${server.url}/nothing`, { headers: { 'x-request-id': 'loud' } });
  await expect.poll(() => linesOf('loud')).toHaveLength(1);
  expect(server.logLines.join('')).not.toContain('quiet-');
});

test('a run is logged as one line with the id of its request; no user text is logged', async () => {
  const requestId = newId();
  const { admin } = await server.api.createTeam();
  const password = 'canary-password-1';
  const token = 'canary-webhook-token';
  const agent = await admin.caller.agent.create({
    name: 'canary-name',
    webhookUrl: server.api.webhook.url,
    webhookToken: token,
    systemPrompt: 'canary-prompt',
  });
  server.api.webhook.answerTokens(['canary-answer', ' ...']);
  const headers = { 'x-request-id': requestId };
  const client = createClient({
    url: server.url,
    cookies: new CookieJar(),
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), ...headers } }),
  });
  await client.auth.login.mutate({ email: admin.email, password: admin.password });
  await client.auth.login.mutate({ email: admin.email, password }).catch(() => {});
  const { id: chatId } = await client.chat.create.mutate({ agentId: agent.id, title: 'canary-title' });
  await Array.fromAsync(sendMessage(client, { chatId, content: 'canary-message' }));

  const isRunLine = (line: Line) => line.msg === 'run ended';
  await expect.poll(() => linesOf(requestId).filter(isRunLine)).toHaveLength(1);
  expect(linesOf(requestId).find(isRunLine)).toMatchObject({
    chatId,
    agentId: agent.id,
    runId: expect.any(String),
    state: 'succeeded',
    firstTextMs: expect.any(Number),
  });
  const log = server.logLines.join('');
  expect(log).not.toContain('canary-');
  expect(log).not.toContain(admin.email);
  expect(log).not.toMatch(/cookie|parley_session|eyJ/);
});

test('a response that the client aborts is logged as aborted', async () => {
  const requestId = newId();
  const { admin } = await server.api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'Agent', webhookUrl: server.api.webhook.url });
  const chat = await admin.caller.chat.create({ agentId: agent.id });
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['one', 'two'], () => gate.promise);
  await admin.caller.chat.send({ chatId: chat.id, messageId: newId(), content: 'Hi' });
  const input = encodeURIComponent(JSON.stringify({ json: { chatId: chat.id } }));
  const leaving = new AbortController();
  const response = await fetch(`${server.url}/trpc/chat.stream?input=${input}`, {
    headers: { cookie: admin.cookie, 'x-request-id': requestId },
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  leaving.abort();
  await expect.poll(() => linesOf(requestId)).toHaveLength(1);
  expect(linesOf(requestId)[0]).toMatchObject({ path: '/trpc/chat.stream', aborted: true });
  gate.resolve();
});

describe('a secret that is logged by mistake is redacted', () => {
  const log = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
    let text = '';
    write(createLogger('info', { write: (line) => void (text += line) }));
    return text;
  };

  test.each([
    ['by its key', { password: 'canary' }],
    ['by its key, one level down', { input: { webhookToken: 'canary' } }],
    ['by its key, two levels down', { req: { headers: { authorization: 'Bearer canary' } } }],
  ])('%s', (_how, fields) => {
    const text = log((logger) => logger.info(fields, 'x'));
    expect(text).not.toContain('canary');
    expect(text).toContain('[removed]');
  });

  test.each([
    'GET https://n8n/x failed with Authorization: Bearer canary.abc-123',
    'parley_canary12345 is not a key',
    'jwt eyJcanary.eyJcanary.canary',
    'connect to postgres://parley:canary@db:5432/parley',
  ])('in the text of an error: %s', (message) => {
    const error = new Error('outer', {
      cause: Object.assign(new Error(message), { detail: 'Key (email)=(canary)' }),
    });
    const text = log((logger) => logger.error({ err: error }, 'x'));
    expect(text).not.toContain('canary');
    expect(text).toContain('outer');
  });
});
