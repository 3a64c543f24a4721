import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { logIn, toCookieHeader } from './log-in.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

test('a session is refused at once after its logout, although its access token has not expired', async () => {
  const { user } = await api.createTeam();
  const { caller } = await logIn(api, user);
  await caller.auth.logout();
  expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(caller.auth.refresh())).toBe('SESSION_EXPIRED');
});

test('either cookie is enough to log out', async () => {
  const { user } = await api.createTeam();
  for (const name of ['parley_access', 'parley_session']) {
    const { setCookies, caller } = await logIn(api, user);
    const kept = setCookies.filter((cookie) => cookie.startsWith(`${name}=`));
    await api.callerWith({ cookie: toCookieHeader(kept) }).auth.logout();
    expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
  }
});

test('a logout that cannot be recorded in the audit log ends no session, and succeeds when repeated', async () => {
  const { user } = await api.createTeam();
  const { caller } = await logIn(api, user);
  await sql`
    create function refuse_logout() returns trigger language plpgsql as $$
    begin
      if new.action = 'auth.logout' and new.actor_id::text = tg_argv[0] then
        raise exception 'the audit log is unavailable';
      end if;
      return new;
    end $$
  `.execute(api.db);
  await sql`
    create trigger refuse_logout before insert on audit_log for each row execute function refuse_logout(${sql.lit(user.id)})
  `.execute(api.db);
  await expect(caller.auth.logout()).rejects.toThrow();
  expect((await caller.auth.me()).user.id).toBe(user.id);
  await sql`drop trigger refuse_logout on audit_log`.execute(api.db);
  await caller.auth.logout();
  expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
});

test('a new login in the same browser ends the previous session, a failed one does not', async () => {
  const { user, admin } = await api.createTeam();
  const { setCookies, caller } = await logIn(api, user);
  const sameBrowser = api.callerWith({ cookie: toCookieHeader(setCookies), setCookies: [] });
  const { email, password } = admin;
  await expect(sameBrowser.auth.login({ email, password: 'not the password' })).rejects.toThrow();
  expect((await caller.auth.me()).user.id).toBe(user.id);
  expect((await sameBrowser.auth.login({ email, password })).user.id).toBe(admin.id);
  expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(caller.auth.refresh())).toBe('SESSION_EXPIRED');
});

test('revoking the current session removes its cookies', async () => {
  const { user } = await api.createTeam();
  const cookie = toCookieHeader((await logIn(api, user)).setCookies);
  const setCookies: string[] = [];
  const caller = api.callerWith({ cookie, setCookies });
  const current = (await caller.auth.sessions()).items.find((item) => item.isCurrent);
  await caller.auth.revokeSession({ id: current?.id ?? '' });
  expect(setCookies.filter((header) => header.includes('Max-Age=0'))).toHaveLength(2);
  expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
});

test('the session of a disabled user is refused at once', async () => {
  const { user } = await api.createTeam();
  await api.db.updateTable('users').set({ isActive: false }).where('id', '=', user.id).execute();
  expect(await reasonOf(user.caller.chat.list())).toBe('SESSION_EXPIRED');
});

test('a change of role applies to a live session at once', async () => {
  const { user } = await api.createTeam();
  await api.db.updateTable('users').set({ role: 'admin' }).where('id', '=', user.id).execute();
  expect((await user.caller.auth.me()).user.role).toBe('admin');
});

test('an expired session is refused', async () => {
  const { user } = await api.createTeam();
  await api.db
    .updateTable('sessions')
    .set({ expiresAt: new Date(Date.now() - 1000).toISOString() })
    .where('userId', '=', user.id)
    .execute();
  expect(await reasonOf(user.caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(user.caller.auth.refresh())).toBe('SESSION_EXPIRED');
});

test('a refresh extends a session, but never beyond 30 days after its start', async () => {
  const { user } = await api.createTeam();
  const day = 24 * 60 * 60 * 1000;
  const endsAfterRefresh = async (created: number, expires: number): Promise<number> => {
    await api.db
      .updateTable('sessions')
      .set({
        createdAt: new Date(Date.now() + created).toISOString(),
        expiresAt: new Date(Date.now() + expires).toISOString(),
      })
      .where('userId', '=', user.id)
      .execute();
    await user.caller.auth.refresh();
    const query = api.db.selectFrom('sessions').select('expiresAt').where('userId', '=', user.id);
    return Date.parse((await query.executeTakeFirstOrThrow()).expiresAt) - Date.now();
  };
  expect(await endsAfterRefresh(-5 * day, 2 * day)).toBeGreaterThan(6.9 * day);
  // A session ends a week after its last use, so an early use renews it, too.
  expect(await endsAfterRefresh(-1 * day, 6 * day)).toBeGreaterThan(6.9 * day);
  const nearTheEnd = await endsAfterRefresh(-28 * day, 1 * day);
  expect(nearTheEnd).toBeGreaterThan(1.9 * day);
  expect(nearTheEnd).toBeLessThan(2.1 * day);
});

test('auth.sessions lists the live sessions of the user alone, and marks the current one', async () => {
  const team = await api.createTeam();
  const user = await team.createUser();
  const { caller } = await logIn(api, user);
  await logIn(api, team.user);
  const expired = await logIn(api, user);
  const listed = await expired.caller.auth.sessions();
  expect(listed.items).toHaveLength(3);
  await api.db
    .updateTable('sessions')
    .set({ expiresAt: new Date(Date.now() - 1000).toISOString() })
    .where('id', '=', listed.items[0]?.id ?? '')
    .execute();
  const { items } = await caller.auth.sessions();
  expect(items.map(({ isCurrent, userAgent }) => ({ isCurrent, userAgent }))).toEqual([
    { isCurrent: true, userAgent: 'test' },
    { isCurrent: false, userAgent: 'test' },
  ]);
  const first = await caller.auth.sessions({ limit: 1 });
  const second = await caller.auth.sessions({ limit: 1, cursor: first.nextCursor });
  expect([...first.items, ...second.items]).toEqual(items);
});

test('auth.revokeSession ends a session at once, for its user alone', async () => {
  const team = await api.createTeam();
  const user = await team.createUser();
  const { caller } = await logIn(api, user);
  const other = await logIn(api, user);
  const id = (await other.caller.auth.sessions()).items.find((item) => item.isCurrent)?.id ?? '';
  for (const stranger of [team.admin, (await api.createTeam()).admin]) {
    expect(await reasonOf(stranger.caller.auth.revokeSession({ id }))).toBe('SESSION_NOT_FOUND');
  }
  await caller.auth.revokeSession({ id });
  expect(await reasonOf(other.caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(caller.auth.me())).toBe('not refused');
  expect(await reasonOf(caller.auth.revokeSession({ id }))).toBe('SESSION_NOT_FOUND');
});

const newPassword = 'a quite different one';

test('a change of password ends the user’s other sessions, and no other user’s', async () => {
  const team = await api.createTeam();
  const user = await team.createUser();
  const [here, there] = [await logIn(api, user), await logIn(api, user)];
  await here.caller.auth.changePassword({ currentPassword: user.password, newPassword });
  expect(await reasonOf(here.caller.auth.me())).toBe('not refused');
  expect(await reasonOf(there.caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(there.caller.auth.refresh())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(user.caller.auth.me())).toBe('SESSION_EXPIRED');
  expect(await reasonOf(team.admin.caller.auth.me())).toBe('not refused');
  expect(await reasonOf(api.anonymous.auth.login(user))).toBe('INVALID_CREDENTIALS');
  expect((await logIn(api, { ...user, password: newPassword })).account.user.id).toBe(user.id);
});

test('a change of password requires the current one', async () => {
  const { user } = await api.createTeam();
  const change = user.caller.auth.changePassword({ currentPassword: 'not the password', newPassword });
  expect(await reasonOf(change)).toBe('WRONG_PASSWORD');
  expect((await logIn(api, user)).account.user.id).toBe(user.id);
});
