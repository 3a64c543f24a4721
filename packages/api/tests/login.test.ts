import { createHash } from 'node:crypto';
import { apiKeys, newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestUser } from '../src/testing/index.ts';
import { logIn } from './log-in.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

test('a login sets two cookies that scripts cannot read and other sites cannot send', async () => {
  const { user } = await api.createTeam();
  const { setCookies, caller } = await logIn(api, user);
  expect(setCookies.map((cookie) => cookie.split('=')[0])).toEqual(['parley_access', 'parley_session']);
  for (const cookie of setCookies) expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
  expect((await caller.auth.me()).user.id).toBe(user.id);
});

test('the database contains no session id, only its hash', async () => {
  const { user } = await api.createTeam();
  const { setCookies } = await logIn(api, user);
  const sessionId = /parley_session=([^;]+)/.exec(setCookies.join())?.[1] ?? '';
  const ids = await api.db.selectFrom('sessions').select('id').where('userId', '=', user.id).execute();
  expect(ids.map((row) => row.id)).toContain(createHash('sha256').update(sessionId).digest('hex'));
  expect(ids.map((row) => row.id)).not.toContain(sessionId);
});

test('a login is refused alike for a wrong password, an unknown email and a disabled account', async () => {
  const team = await api.createTeam();
  const { user } = team;
  const disabled = await team.createUser();
  await api.db.updateTable('users').set({ isActive: false }).where('id', '=', disabled.id).execute();
  for (const credentials of [
    { email: user.email, password: 'not the password' },
    { email: 'nobody@example.com', password: user.password },
    { email: disabled.email, password: disabled.password },
  ]) {
    expect(await reasonOf(api.anonymous.auth.login(credentials))).toBe('INVALID_CREDENTIALS');
  }
});

test('a login that fits two teams requires the team, by slug or id', async () => {
  const [one, two] = [await api.createTeam(), await api.createTeam()];
  const email = `${newId()}@example.com`;
  const user = await one.createUser({ email });
  await two.createUser({ email });
  await expect(logIn(api, user)).rejects.toMatchObject({
    reason: 'TEAM_REQUIRED',
    details: { teams: [one.slug, two.slug].toSorted() },
  });
  expect((await logIn(api, user, two.slug)).account.team.id).toBe(two.id);
  expect((await logIn(api, user, one.id)).account.team.id).toBe(one.id);
});

test('an expired access token requires a refresh, which many tabs may do at once', async () => {
  await using shortLived = await createTestApi({ accessTokenSeconds: -60 });
  const { user } = await shortLived.createTeam();
  expect(await reasonOf(user.caller.auth.me())).toBe('ACCESS_TOKEN_EXPIRED');
  const accounts = await Promise.all(Array.from({ length: 20 }, () => user.caller.auth.refresh()));
  expect(new Set(accounts.map((account) => account.user.id))).toEqual(new Set([user.id]));
});

test.each([
  [
    'an access token signed with another key',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4Iiwic2lkIjoieSJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ],
  ['an access token without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4Iiwic2lkIjoieSJ9.'],
  ['a text that is not an access token', 'nonsense'],
])('%s is refused', async (_, token) => {
  const caller = api.callerWith({ cookie: `parley_access=${token}` });
  expect(await reasonOf(caller.auth.me())).toBe('NOT_AUTHENTICATED');
});

async function makeKey(user: TestUser, expiresAt: string | null): Promise<string> {
  const key = `parley_${newId()}`;
  await apiKeys.insert(api.db, {
    teamId: user.teamId,
    id: newId(),
    userId: user.id,
    name: 'script',
    keyHash: createHash('sha256').update(key).digest('hex'),
    scope: 'chat',
    expiresAt,
  });
  return key;
}

test('an API key acts as its user', async () => {
  const { user } = await api.createTeam();
  const caller = api.callerWith({ authorization: `Bearer ${await makeKey(user, null)}` });
  expect((await caller.auth.me()).user.id).toBe(user.id);
});

test('an API key that is unknown, expired, revoked or of a disabled user is refused', async () => {
  const { user, admin } = await api.createTeam();
  const expired = await makeKey(user, new Date(Date.now() - 1000).toISOString());
  const revoked = await makeKey(user, null);
  await api.db
    .updateTable('apiKeys')
    .set({ revokedAt: new Date().toISOString() })
    .where('userId', '=', user.id)
    .execute();
  const ofDisabled = await makeKey(admin, null);
  await api.db.updateTable('users').set({ isActive: false }).where('id', '=', admin.id).execute();
  for (const key of ['parley_unknown', 'Basic x', expired, revoked, ofDisabled]) {
    const caller = api.callerWith({ authorization: `Bearer ${key}`, cookie: user.cookie });
    expect(await reasonOf(caller.auth.me())).toBe('INVALID_API_KEY');
  }
});
