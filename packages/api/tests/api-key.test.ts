import { createHash } from 'node:crypto';
import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestTeam } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let team: TestTeam;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
});

afterAll(() => api[Symbol.asyncDispose]());

const callerWithKey = (key: string) => api.callerWith({ authorization: `Bearer ${key}` });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

async function setKey(id: string, values: { expiresAt?: string; lastUsedAt?: string }): Promise<void> {
  await api.db.updateTable('apiKeys').set(values).where('id', '=', id).execute();
}

test('an API key is returned once, stored as a hash, and acts as its user', async () => {
  const user = await team.createUser();
  const { password } = user;
  const { key, ...created } = await user.caller.apiKey.create({ name: ' ci ', scope: 'read', password });
  expect(created).toMatchObject({ name: 'ci', scope: 'read', lastUsedAt: null, revokedAt: null });
  expect(Buffer.from(key.slice('parley_'.length), 'base64url')).toHaveLength(32);
  expect((await callerWithKey(key).auth.me()).user.id).toBe(user.id);

  const listed = await user.caller.apiKey.list();
  expect(listed.items.map((item) => item.id)).toEqual([created.id]);
  expect(JSON.stringify(listed)).not.toContain(key);
  const row = await api.db
    .selectFrom('apiKeys')
    .selectAll()
    .where('id', '=', created.id)
    .executeTakeFirstOrThrow();
  expect(row.keyHash).toBe(createHash('sha256').update(key).digest('hex'));
});

test('an API key has the current role of its user', async () => {
  const user = await team.createUser({ role: 'admin' });
  const { key } = await user.createApiKey({ scope: 'admin' });
  expect((await callerWithKey(key).team.listInvites()).items).toEqual([]);
  await team.admin.caller.team.setRole({ userId: user.id, role: 'user' });
  expect(await reasonOf(callerWithKey(key).team.listInvites())).toBe('ADMIN_REQUIRED');
});

test('an expired API key is refused', async () => {
  const { createApiKey } = await team.createUser();
  await expect(createApiKey({ expiresAt: inMs(-1000) })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  const { id, key } = await createApiKey({ expiresAt: inMs(60_000) });
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('not refused');
  await setKey(id, { expiresAt: inMs(-1000) });
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
});

test('a revoked API key is refused with the next request, and revoking it again changes nothing', async () => {
  const { caller, createApiKey } = await team.createUser();
  const { id, key } = await createApiKey();
  const revoked = await caller.apiKey.revoke({ id });
  expect(revoked.revokedAt).not.toBeNull();
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
  expect(await caller.apiKey.revoke({ id })).toEqual(revoked);
});

test('revoking another user’s API key is refused as for a missing one', async () => {
  const foreign = await api.createTeam();
  const owner = await team.createUser();
  const { id } = await owner.createApiKey();
  for (const { caller } of [team.admin, team.user, foreign.admin]) {
    expect(await reasonOf(caller.apiKey.revoke({ id }))).toBe('API_KEY_NOT_FOUND');
    expect(await reasonOf(caller.apiKey.revoke({ id: newId() }))).toBe('API_KEY_NOT_FOUND');
    expect((await caller.apiKey.list({ limit: 100 })).items.map((item) => item.id)).not.toContain(id);
  }
});

test('an API key of any scope can neither list, create nor revoke keys or sessions, nor change the password', async () => {
  const user = await team.createUser({ role: 'admin' });
  const { id, key } = await user.createApiKey({ scope: 'admin' });
  const { apiKey, auth } = callerWithKey(key);
  const { password } = user;
  const change = { currentPassword: password, newPassword: 'another long password' };
  const [session] = (await user.caller.auth.sessions()).items;
  for (const call of [
    () => apiKey.create({ name: 'other', scope: 'read', password }),
    () => apiKey.list(),
    () => apiKey.revoke({ id }),
    () => auth.sessions(),
    () => auth.revokeSession({ id: session?.id ?? '' }),
    () => auth.changePassword(change),
    () => auth.refresh(),
    () => auth.logout(),
  ])
    expect(await reasonOf(call())).toBe('SESSION_REQUIRED');
  expect(await reasonOf(user.caller.auth.me())).toBe('not refused');
  expect(await reasonOf(auth.me())).toBe('not refused');
});

test('an API key expires after 90 days unless its user chooses another time or none', async () => {
  const { createApiKey, caller } = await team.createUser();
  const { id } = await createApiKey();
  const never = await createApiKey({ expiresAt: null });
  const [last, first] = (await caller.apiKey.list()).items;
  expect([first?.id, last?.id, last?.expiresAt]).toEqual([id, never.id, null]);
  const days = (Date.parse(first?.expiresAt ?? '') - Date.now()) / (24 * 60 * 60 * 1000);
  expect(Math.round(days * 100) / 100).toBe(90);
});

test('creating an API key takes the password, and every attempt counts as an attempt to change it', async () => {
  const counted: string[] = [];
  await using limited = await createTestApi({
    rateLimits: { consume: async (name) => void counted.push(name), isExceeded: async () => false },
  });
  const { caller } = (await limited.createTeam()).user;
  counted.length = 0;
  const create = caller.apiKey.create({ name: 'ci', scope: 'read', password: 'not the password' });
  expect(await reasonOf(create)).toBe('WRONG_PASSWORD');
  expect(counted).toEqual(['password']);
  expect((await caller.apiKey.list()).items).toEqual([]);
});

test('only an admin can create an API key with the scope agents or admin', async () => {
  const user = await team.createUser();
  for (const scope of ['agents', 'admin'] as const) {
    expect(await reasonOf(user.createApiKey({ scope }))).toBe('ADMIN_REQUIRED');
    expect(await reasonOf(team.admin.createApiKey({ scope }))).toBe('not refused');
  }
});

test('a call beyond the scope of an API key is refused with the scope that it needs', async () => {
  const { key } = await team.admin.createApiKey({ scope: 'chat' });
  const caller = callerWithKey(key);
  await expect(caller.agent.create({ name: 'A', webhookUrl: api.webhook.url })).rejects.toMatchObject({
    reason: 'INSUFFICIENT_SCOPE',
    code: 'FORBIDDEN',
    details: { requiredScope: 'agents' },
  });
  await expect(caller.team.update({ name: 'B' })).rejects.toMatchObject({
    details: { requiredScope: 'admin' },
  });
});

test('the settings of an agent are shown to an admin’s API keys with the scope agents or admin only', async () => {
  const { id } = await team.admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url });
  for (const scope of ['read', 'chat', 'agents', 'admin'] as const) {
    const { agent } = callerWithKey((await team.admin.createApiKey({ scope })).key);
    const seen = [await agent.get({ id }), (await agent.list()).items.find((item) => item.id === id)];
    for (const one of seen) expect('webhookUrl' in (one ?? {})).toBe(scope === 'agents' || scope === 'admin');
  }
});

test('a password change revokes the API keys of the user, unless they are to be kept', async () => {
  const user = await team.createUser();
  const other = await team.user.createApiKey();
  const { key } = await user.createApiKey();
  const change = (currentPassword: string, newPassword: string, revokeApiKeys?: boolean) =>
    user.caller.auth.changePassword({
      currentPassword,
      newPassword,
      ...(revokeApiKeys === undefined ? {} : { revokeApiKeys }),
    });
  await change(user.password, 'another long password', false);
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('not refused');
  await change('another long password', 'a third long password');
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
  expect(await reasonOf(callerWithKey(other.key).auth.me())).toBe('not refused');
});

test('the API keys of a disabled account stay revoked when the account is enabled again', async () => {
  const user = await team.createUser();
  const { key } = await user.createApiKey({ expiresAt: null });
  for (const isActive of [false, true]) {
    await team.admin.caller.team.setActive({ userId: user.id, isActive });
    expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
  }
});

test('the last use of an API key is recorded at most once a minute', async () => {
  const { caller, createApiKey } = await team.createUser();
  const { id, key } = await createApiKey();
  const lastUse = async () => (await caller.apiKey.list()).items[0]?.lastUsedAt ?? null;
  expect(await lastUse()).toBeNull();
  await callerWithKey(key).auth.me();
  const first = await lastUse();
  expect(Date.now() - Date.parse(first ?? '')).toBeLessThan(60_000);
  await callerWithKey(key).auth.me();
  expect(await lastUse()).toBe(first);
  await setKey(id, { lastUsedAt: inMs(-61_000) });
  await callerWithKey(key).auth.me();
  expect(Date.now() - Date.parse((await lastUse()) ?? '')).toBeLessThan(60_000);
});

test('apiKey.list has pages, newest first', async () => {
  const { caller, createApiKey } = await team.createUser();
  for (const name of ['one', 'two', 'three']) await createApiKey({ name });
  const first = await caller.apiKey.list({ limit: 2 });
  const second = await caller.apiKey.list({ limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map((item) => item.name)).toEqual(['three', 'two', 'one']);
  expect(second.nextCursor).toBeNull();
});
