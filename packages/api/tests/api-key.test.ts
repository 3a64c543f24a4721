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
  const { key, ...created } = await user.caller.apiKey.create({ name: ' ci ' });
  expect(created).toMatchObject({ name: 'ci', expiresAt: null, lastUsedAt: null, revokedAt: null });
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
  const { key } = await user.caller.apiKey.create({ name: 'ci' });
  expect((await callerWithKey(key).team.listInvites()).items).toEqual([]);
  await team.admin.caller.team.setRole({ userId: user.id, role: 'user' });
  expect(await reasonOf(callerWithKey(key).team.listInvites())).toBe('ADMIN_REQUIRED');
});

test('an expired API key is refused', async () => {
  const { caller } = await team.createUser();
  await expect(caller.apiKey.create({ name: 'late', expiresAt: inMs(-1000) })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  const { id, key } = await caller.apiKey.create({ name: 'ci', expiresAt: inMs(60_000) });
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('not refused');
  await setKey(id, { expiresAt: inMs(-1000) });
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
});

test('a revoked API key is refused with the next request, and revoking it again changes nothing', async () => {
  const { caller } = await team.createUser();
  const { id, key } = await caller.apiKey.create({ name: 'ci' });
  const revoked = await caller.apiKey.revoke({ id });
  expect(revoked.revokedAt).not.toBeNull();
  expect(await reasonOf(callerWithKey(key).auth.me())).toBe('INVALID_API_KEY');
  expect(await caller.apiKey.revoke({ id })).toEqual(revoked);
});

test('revoking another user’s API key is refused as for a missing one', async () => {
  const foreign = await api.createTeam();
  const owner = await team.createUser();
  const { id } = await owner.caller.apiKey.create({ name: 'ci' });
  for (const { caller } of [team.admin, team.user, foreign.admin]) {
    expect(await reasonOf(caller.apiKey.revoke({ id }))).toBe('API_KEY_NOT_FOUND');
    expect(await reasonOf(caller.apiKey.revoke({ id: newId() }))).toBe('API_KEY_NOT_FOUND');
    expect((await caller.apiKey.list({ limit: 100 })).items.map((item) => item.id)).not.toContain(id);
  }
});

test('an API key can neither create a key nor change the password', async () => {
  const user = await team.createUser();
  const { key } = await user.caller.apiKey.create({ name: 'ci' });
  const caller = callerWithKey(key);
  expect(await reasonOf(caller.apiKey.create({ name: 'other' }))).toBe('SESSION_REQUIRED');
  const change = { currentPassword: user.password, newPassword: 'another long password' };
  expect(await reasonOf(caller.auth.changePassword(change))).toBe('SESSION_REQUIRED');
});

test('the last use of an API key is recorded at most once a minute', async () => {
  const { caller } = await team.createUser();
  const { id, key } = await caller.apiKey.create({ name: 'ci' });
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
  const { caller } = await team.createUser();
  for (const name of ['one', 'two', 'three']) await caller.apiKey.create({ name });
  const first = await caller.apiKey.list({ limit: 2 });
  const second = await caller.apiKey.list({ limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map((item) => item.name)).toEqual(['three', 'two', 'one']);
  expect(second.nextCursor).toBeNull();
});
