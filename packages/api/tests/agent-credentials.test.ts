import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../src/testing/index.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const webhookUrl = 'https://n8n.example.com/webhook/chat';

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
