// The environment's limits of answers apply to agents without limits.
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createClient, sendMessage, type Client } from '@parley/client';
import { createProcessDatabase } from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExpectingFailure, startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

let dir: string;
let database: Awaited<ReturnType<typeof createProcessDatabase>>;
let webhook: TestWebhook;
let server: ServerProcess;
let client: Client;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-limits-'));
  const dataDir = path.join(dir, 'data');
  database = await createProcessDatabase(dataDir);
  webhook = await startTestWebhook();
  server = await startProcess({
    PARLEY_DATA_DIR: dataDir,
    PARLEY_DEMO_PASSWORD: PASSWORD,
    ...database.env,
    AGENT_FIRST_BYTE_TIMEOUT_MS: '1000',
    AGENT_IDLE_TIMEOUT_MS: '1100',
    AGENT_TOTAL_TIMEOUT_MS: '4000',
    AGENT_MAX_TEXT_BYTES: '1000',
  });
  client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

async function ask(agentId: string) {
  const { id: chatId } = await client.chat.create.mutate({ agentId });
  const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'Hi' }));
  return events.at(-1);
}

const createAgent = (limits = {}) =>
  client.agent.create.mutate({ name: 'Agent', webhookUrl: webhook.url, limits });

test.each([
  ['AGENT_FIRST_BYTE_TIMEOUT_MS', 'AGENT_TIMEOUT', 'within 1 s of', () => new Promise<void>(() => {})],
  [
    'AGENT_IDLE_TIMEOUT_MS',
    'AGENT_TIMEOUT',
    'nothing for 1.1 s',
    (response: ServerResponse) => void response.writeHead(200).write('data: {"content":"Hello"}\n\n'),
  ],
  [
    'AGENT_TOTAL_TIMEOUT_MS',
    'AGENT_TIMEOUT',
    'after 4 s',
    (response: ServerResponse) => {
      const timer = setInterval(() => response.write('data: {"content":"Hello"}\n\n'), 100);
      response.writeHead(200).once('close', () => clearInterval(timer));
    },
  ],
  [
    'AGENT_MAX_TEXT_BYTES',
    'AGENT_RESPONSE_TOO_LARGE',
    '',
    (response: ServerResponse) => void response.end(JSON.stringify({ output: 'x'.repeat(1_001) })),
  ],
])('%s ends an answer in a chat and in agent.test with %s', async (_name, reason, hint, answer) => {
  webhook.answer(answer);
  const { id } = await createAgent();
  expect(await ask(id)).toMatchObject({ type: 'error', data: { reason } });
  const report = await client.agent.test.mutate({ id });
  expect(report.error).toMatchObject({ reason, hint: expect.stringContaining(hint) });
  expect(report.limits).toEqual({
    ...{ firstByteTimeoutMs: 1_000, idleTimeoutMs: 1_100, totalTimeoutMs: 4_000, maxTextBytes: 1_000 },
  });
});

test('a limit of the agent replaces that of the environment', async () => {
  webhook.answer((response) => void response.end(JSON.stringify({ output: 'x'.repeat(1_001) })));
  const { id } = await createAgent({ maxTextBytes: 2_000 });
  expect(await ask(id)).toMatchObject({ type: 'done' });
});

test('a limit outside its range is refused with the range', async () => {
  const { code, stderr } = await startExpectingFailure({
    PARLEY_DATA_DIR: dir,
    AGENT_FIRST_BYTE_TIMEOUT_MS: '0',
    AGENT_MAX_TEXT_BYTES: '9999999999',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('AGENT_FIRST_BYTE_TIMEOUT_MS must be at least 1000');
  expect(stderr).toContain('AGENT_MAX_TEXT_BYTES must be at most 8388608');
});
