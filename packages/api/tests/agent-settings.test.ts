import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const webhookUrl = 'https://n8n.example.com/webhook/chat';

test('limits, the place of the answer and what members see are kept; a limit of null is the server’s default', async () => {
  const { agent } = (await api.createTeam()).admin.caller;
  const made = await agent.create({ name: 'A', webhookUrl });
  const noLimits = {
    firstByteTimeoutMs: null,
    idleTimeoutMs: null,
    totalTimeoutMs: null,
    maxTextBytes: null,
  };
  expect(made).toMatchObject({
    limits: noLimits,
    ...{ answerField: null, answerNodes: [], showSteps: true, showReasoning: true },
  });
  const settings = {
    answerField: 'data.reply',
    answerNodes: ['AI Agent', 'Answer é'],
    ...{ showSteps: false, showReasoning: false },
  };
  const { id } = made;
  const changed = await agent.update({
    id,
    ...settings,
    limits: { idleTimeoutMs: 1_000, maxTextBytes: 5_000 },
  });
  const limits = { ...noLimits, idleTimeoutMs: 1_000, maxTextBytes: 5_000 };
  expect(changed).toMatchObject({ ...settings, limits });
  expect(await agent.update({ id, name: 'B' })).toMatchObject({ ...settings, limits });
  expect(await agent.update({ id, limits: { idleTimeoutMs: null } })).toMatchObject({
    limits: { ...limits, idleTimeoutMs: null },
  });
  expect(await agent.create({ name: 'C', webhookUrl, ...settings, limits })).toMatchObject({
    ...settings,
    limits,
  });
});

test.each([
  { limits: { firstByteTimeoutMs: 999 } },
  { limits: { idleTimeoutMs: 3_600_001 } },
  { limits: { totalTimeoutMs: 14_400_001 } },
  { limits: { maxTextBytes: 8_388_609 } },
  { limits: { maxTextBytes: 1_000.5 } },
  { answerField: '' },
  { answerField: 'data..reply' },
  { answerField: 'x'.repeat(201) },
  { answerField: 'a.'.repeat(20) + 'a' },
  { answerNodes: [''] },
  { answerNodes: ['x'.repeat(201)] },
  { answerNodes: Array.from({ length: 51 }, (_, index) => `node ${index}`) },
  { answerNodes: ['line\nbreak'] },
])('the setting %j is refused', async (settings) => {
  const { agent } = (await api.createTeam()).admin.caller;
  await expect(agent.create({ name: 'A', webhookUrl, ...settings })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

test('the largest allowed settings fit the database', async () => {
  const { agent } = (await api.createTeam()).admin.caller;
  const answerNodes = Array.from({ length: 50 }, () => '"'.repeat(200));
  const wide = Array.from({ length: 50 }, () => '\u{1f600}'.repeat(100));
  const settings = {
    limits: {
      ...{ firstByteTimeoutMs: 3_600_000, idleTimeoutMs: 3_600_000, totalTimeoutMs: 14_400_000 },
      maxTextBytes: 8_388_608,
    },
    answerField: '\u{1f600}'.repeat(100),
  };
  expect(await agent.create({ name: 'A', webhookUrl, ...settings, answerNodes })).toMatchObject({
    answerNodes,
  });
  expect(await agent.create({ name: 'A', webhookUrl, answerNodes: wide })).toMatchObject({
    answerNodes: wide,
  });
});

test('an OpenAI agent always has a model', async () => {
  const { admin } = await api.createTeam();
  const { agent } = admin.caller;
  const openai = { name: 'A', webhookUrl, protocol: 'openai' } as const;
  expect(await reasonOf(agent.create(openai))).toBe('AGENT_MODEL_REQUIRED');
  const { id, protocol } = await agent.create({ ...openai, config: { model: 'llama3.2' } });
  expect(protocol).toBe('openai');
  expect(await reasonOf(agent.update({ id, config: {} }))).toBe('AGENT_MODEL_REQUIRED');
  expect(await agent.update({ id, protocol: 'webhook', config: {} })).toMatchObject({
    protocol: 'webhook',
  });
  expect(await reasonOf(agent.update({ id, protocol: 'openai' }))).toBe('AGENT_MODEL_REQUIRED');
});

test.each([
  'not a url',
  'ftp://example.com/',
  'javascript:alert(1)',
  'https://user:pass@example.com/',
  '//example.com',
  '',
])('the URL %j is refused', async (url) => {
  const { admin } = await api.createTeam();
  await expect(admin.caller.agent.create({ name: 'A', webhookUrl: url })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

test.each(['http://10.0.0.1/', 'http://[::1]:5678/', 'http://2130706434/', 'https://169.254.169.254/latest'])(
  'the private URL %j is refused in create and update, unless its host is allowed',
  async (url) => {
    const { agent } = (await api.createTeam()).admin.caller;
    expect(await reasonOf(agent.create({ name: 'A', webhookUrl: url }))).toBe('AGENT_BLOCKED_URL');
    const { id } = await agent.create({ name: 'A', webhookUrl: api.webhook.url });
    await expect(agent.update({ id, webhookUrl: url })).rejects.toThrow('WEBHOOK_ALLOWED_HOSTS');
    expect((await agent.get({ id })).webhookUrl).toBe(api.webhook.url);
  },
);

test.each([
  { name: 'NUL in a text', config: { a: ['\0'] } },
  { name: 'NUL in a key', config: { a: { 'b\0': 1 } } },
  { name: 'an unpaired surrogate in a text', config: { a: '\ud800' } },
  { name: 'an unpaired surrogate in a key', config: { '\udfff': 1 } },
  { name: 'the key prototype, which superjson refuses', config: { prototype: 1 } },
  { name: 'the key constructor, which superjson refuses', config: { a: [{ constructor: 1 }] } },
  { name: '101 levels', config: nested(101) },
  { name: '100,000 levels', config: nested(100_000) },
  { name: 'more than 65,536 characters', config: { a: 'x'.repeat(65_536) } },
])('a config with $name is refused', async ({ config }) => {
  const { agent } = (await api.createTeam()).admin.caller;
  await expect(agent.create({ name: 'A', webhookUrl, config })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  const { id } = await agent.create({ name: 'A', webhookUrl });
  await expect(agent.update({ id, config })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('a config with 100 levels and any text is returned unchanged', async () => {
  const { agent } = (await api.createTeam()).admin.caller;
  const config = { ...nested(100), '\\u0000 \ud83d\ude00': '\\u0000' };
  const { id } = await agent.create({ name: 'A', webhookUrl, config });
  expect((await agent.get({ id })).config).toEqual(config);
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Objects nested this deep. */
function nested(levels: number): Record<string, Json> {
  let value: Record<string, Json> = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}
