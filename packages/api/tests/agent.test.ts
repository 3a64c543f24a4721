import { newId } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('an agent', () => {
  test('an admin creates, updates and deletes an agent; missing fields of an update stay unchanged', async () => {
    const { admin } = await api.createTeam();
    const { agent } = admin.caller;
    const made = await agent.create({
      name: ' Support ',
      webhookUrl,
      webhookToken: 'token',
      systemPrompt: 'Be kind',
      config: { model: 'x', nested: { list: [1, null, 'two'] } },
    });
    expect(made).toMatchObject({ name: 'Support', webhookUrl, hasWebhookToken: true, isActive: true });
    expect(await agent.get({ id: made.id })).toEqual({ ...made, avatar: null });
    const changed = await agent.update({ id: made.id, name: 'Sales', isActive: false });
    expect(changed).toEqual({ ...made, name: 'Sales', isActive: false, updatedAt: changed.updatedAt });
    await agent.delete({ id: made.id });
    expect(await reasonOf(agent.get({ id: made.id }))).toBe('AGENT_NOT_FOUND');
  });

  test('a webhook token is stored encrypted and never returned', async () => {
    const { admin } = await api.createTeam();
    const canary = `canary-${newId()}`;
    const made = await admin.caller.agent.create({ name: 'A', webhookUrl, webhookToken: canary });
    const answers = [made, await admin.caller.agent.get({ id: made.id }), await admin.caller.agent.list()];
    expect(JSON.stringify(answers)).not.toContain(canary);
    const row = await api.db
      .selectFrom('agents')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(row.webhookTokenEncrypted ?? []).toString('latin1')).not.toContain(canary);
    expect(api.services.secretBox.open(row.webhookTokenEncrypted ?? new Uint8Array())).toBe(canary);
  });

  test('a new URL removes the token, unless the same update sets it', async () => {
    const { admin } = await api.createTeam();
    const { agent } = admin.caller;
    const { id } = await agent.create({ name: 'A', webhookUrl, webhookToken: 'token' });
    const elsewhere = 'https://evil.example.com/';
    expect(await agent.update({ id, webhookUrl })).toMatchObject({ hasWebhookToken: true });
    expect(await agent.update({ id, webhookUrl: elsewhere, webhookToken: 'new' })).toMatchObject({
      hasWebhookToken: true,
    });
    expect(await agent.update({ id, webhookUrl })).toMatchObject({ hasWebhookToken: false });
    await agent.update({ id, webhookToken: 'again' });
    expect(await agent.update({ id, webhookToken: null })).toMatchObject({ hasWebhookToken: false });
  });

  test('a signing secret is stored encrypted, never returned, and removed with a new URL', async () => {
    const { admin } = await api.createTeam();
    const { agent } = admin.caller;
    const signingSecret = `whsec_${Buffer.from('canary-canary-canary-canary').toString('base64')}`;
    const made = await agent.create({ name: 'A', webhookUrl, signingSecret });
    expect(made).toMatchObject({ hasSigningSecret: true });
    expect(JSON.stringify([made, await agent.get({ id: made.id })])).not.toContain(signingSecret.slice(6));
    const row = await api.db
      .selectFrom('agents')
      .select('signingSecretEncrypted as secret')
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(row.secret ?? []).toString('latin1')).not.toContain(signingSecret.slice(6));
    expect(api.services.secretBox.open(row.secret ?? new Uint8Array())).toBe(signingSecret);
    expect(await agent.update({ id: made.id, name: 'B' })).toMatchObject({ hasSigningSecret: true });
    expect(await agent.update({ id: made.id, webhookUrl: 'https://evil.example.com/' })).toMatchObject({
      hasSigningSecret: false,
    });
    await expect(agent.update({ id: made.id, signingSecret: 'short' })).rejects.toThrow('whsec_');
  });

  test('an agent without auth in its input has the kind of its token: bearer with one, none without', async () => {
    const { agent } = (await api.createTeam()).admin.caller;
    const without = await agent.create({ name: 'A', webhookUrl });
    expect(without).toMatchObject({ auth: 'none', authHeader: null, hasWebhookToken: false });
    const { id } = without;
    expect(await agent.update({ id, webhookToken: 'x' })).toMatchObject({ auth: 'bearer' });
    expect(await agent.update({ id, name: 'B' })).toMatchObject({ auth: 'bearer', hasWebhookToken: true });
    expect(await agent.update({ id, webhookToken: null })).toMatchObject({ auth: 'none' });
  });

  test('a token that is pasted with its scheme is stored without it', async () => {
    const { agent } = (await api.createTeam()).admin.caller;
    const { id } = await agent.create({ name: 'A', webhookUrl, webhookToken: ' Bearer xyz' });
    const { webhookTokenEncrypted } = await api.db
      .selectFrom('agents')
      .select('webhookTokenEncrypted')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(api.services.secretBox.open(webhookTokenEncrypted ?? new Uint8Array())).toBe('xyz');
  });

  test('another kind of authentication, and a new URL, need the token again; another header keeps it', async () => {
    const { agent } = (await api.createTeam()).admin.caller;
    const made = await agent.create({
      ...{ name: 'A', webhookUrl, auth: 'header', authHeader: 'X-API-Key', webhookToken: 'key' },
    });
    expect(made).toMatchObject({ auth: 'header', authHeader: 'X-API-Key', hasWebhookToken: true });
    const { id } = made;
    expect(await agent.update({ id, auth: 'header', authHeader: 'X-Key' })).toMatchObject({
      authHeader: 'X-Key',
      hasWebhookToken: true,
    });
    await expect(agent.update({ id, auth: 'basic' })).rejects.toThrow('webhookToken');
    await expect(
      agent.update({ id, auth: 'header', webhookUrl: 'https://other.example.com/' }),
    ).rejects.toThrow('webhookToken');
    expect(await agent.get({ id })).toMatchObject({ webhookUrl, auth: 'header', hasWebhookToken: true });
    expect(await agent.update({ id, auth: 'basic', webhookToken: 'ada:pw' })).toMatchObject({
      auth: 'basic',
      authHeader: null,
    });
    expect(await agent.update({ id, webhookUrl: 'https://other.example.com/' })).toMatchObject({
      auth: 'none',
      hasWebhookToken: false,
    });
  });

  test.each([
    { auth: 'none', webhookToken: 'x' },
    { auth: 'bearer' },
    { auth: 'bearer', webhookToken: null },
    { auth: 'bearer', webhookToken: 'a b' },
    { auth: 'bearer', webhookToken: 'a\r\nx-evil: 1' },
    { auth: 'bearer', webhookToken: 'x', authHeader: 'X-Key' },
    { auth: 'basic', webhookToken: 'no-colon' },
    { auth: 'basic', webhookToken: 'ada:line\nbreak' },
    { auth: 'header', webhookToken: 'x' },
    { auth: 'header', webhookToken: 'é', authHeader: 'X-Key' },
    { auth: 'header', webhookToken: 'x', authHeader: 'Transfer-Encoding' },
    { auth: 'header', webhookToken: 'x', authHeader: 'Host' },
    { auth: 'header', webhookToken: 'x', authHeader: 'X-Forwarded-For' },
    { auth: 'header', webhookToken: 'x', authHeader: 'a: b' },
    { auth: 'header', webhookToken: 'x', authHeader: 'x'.repeat(101) },
  ] as const)('the credentials %j are refused in create and update', async (credentials) => {
    const { agent } = (await api.createTeam()).admin.caller;
    const { id } = await agent.create({ name: 'A', webhookUrl });
    const refusal = { code: 'BAD_REQUEST', message: expect.stringMatching(/webhookToken|authHeader/) };
    await expect(agent.create({ name: 'B', webhookUrl, ...credentials })).rejects.toMatchObject(refusal);
    await expect(agent.update({ id, ...credentials })).rejects.toMatchObject(refusal);
    expect(await agent.get({ id })).toMatchObject({ auth: 'none', hasWebhookToken: false });
  });

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

  test('a user of the team sees an agent’s name, but not its URL, secrets, prompt and config', async () => {
    const { admin, user } = await api.createTeam();
    const made = await admin.caller.agent.create({
      name: 'A',
      webhookUrl,
      systemPrompt: 'secret',
      config: { key: 1 },
    });
    const seen = await user.caller.agent.get({ id: made.id });
    expect(Object.keys(seen).toSorted()).toEqual([
      'avatar',
      'avatarUrl',
      'createdAt',
      'description',
      'id',
      'isActive',
      'name',
      'updatedAt',
    ]);
    // A list contains the pictures' URLs, not the pictures.
    const { avatar, ...listed } = seen;
    expect(avatar).toBeNull();
    expect((await user.caller.agent.list()).items).toEqual([listed]);
  });

  test('only admins create, update and delete agents', async () => {
    const { admin, user } = await api.createTeam();
    const { id } = await admin.caller.agent.create({ name: 'A', webhookUrl });
    const { agent } = user.caller;
    const calls = [
      () => agent.create({ name: 'B', webhookUrl }),
      () => agent.update({ id, name: 'B' }),
      () => agent.delete({ id }),
    ];
    for (const call of calls) {
      expect(await reasonOf(call())).toBe('ADMIN_REQUIRED');
    }
    expect(await reasonOf(api.anonymous.agent.list())).toBe('NOT_AUTHENTICATED');
  });

  test('an agent of another team is refused as a missing one', async () => {
    const [ours, theirs] = [await api.createTeam(), await api.createTeam()];
    const { id: theirsId } = await theirs.admin.caller.agent.create({ name: 'A', webhookUrl });
    const { agent } = ours.admin.caller;
    for (const id of [theirsId, newId()]) {
      const calls = [
        () => agent.get({ id }),
        () => agent.update({ id, name: 'X' }),
        () => agent.delete({ id }),
      ];
      for (const call of calls) {
        expect(await reasonOf(call())).toBe('AGENT_NOT_FOUND');
      }
    }
    expect((await agent.list()).items).toEqual([]);
    expect((await theirs.admin.caller.agent.get({ id: theirsId })).name).toBe('A');
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

  test.each([
    'http://10.0.0.1/',
    'http://[::1]:5678/',
    'http://2130706434/',
    'https://169.254.169.254/latest',
  ])('the private URL %j is refused in create and update, unless its host is allowed', async (url) => {
    const { agent } = (await api.createTeam()).admin.caller;
    expect(await reasonOf(agent.create({ name: 'A', webhookUrl: url }))).toBe('AGENT_BLOCKED_URL');
    const { id } = await agent.create({ name: 'A', webhookUrl: api.webhook.url });
    await expect(agent.update({ id, webhookUrl: url })).rejects.toThrow('WEBHOOK_ALLOWED_HOSTS');
    expect((await agent.get({ id })).webhookUrl).toBe(api.webhook.url);
  });

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

  test('agent.list has each agent on one page, newest first', async () => {
    const { admin } = await api.createTeam();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      made.unshift((await admin.caller.agent.create({ name: `A${index}`, webhookUrl })).id);
    }
    const listed: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await admin.caller.agent.list({ limit: 3, cursor });
      listed.push(...page.items.map((agent) => agent.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(listed).toEqual(made);
    expect(await reasonOf(admin.caller.agent.list({ cursor: 'broken' }))).toBe('INVALID_CURSOR');
  });

  test('a page of agent.list is at most a megabyte and one agent long', async () => {
    const { admin } = await api.createTeam();
    const systemPrompt = 'é'.repeat(100_000);
    for (let index = 0; index < 7; index += 1)
      await admin.caller.agent.create({ name: `A${index}`, webhookUrl, systemPrompt });
    const first = await admin.caller.agent.list({});
    const second = await admin.caller.agent.list({ cursor: first.nextCursor });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([5, 2, null]);
  });
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Objects nested this deep. */
function nested(levels: number): Record<string, Json> {
  let value: Record<string, Json> = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}
