import { createHash } from 'node:crypto';
import { apiKeys, newId } from '@parley/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestUser } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

/** A `Cookie` header from `Set-Cookie` headers. */
function toCookieHeader(setCookies: string[]): string {
  return setCookies.map((header) => header.slice(0, header.indexOf(';'))).join('; ');
}

async function login(user: Pick<TestUser, 'email' | 'password'>, team?: string) {
  const setCookies: string[] = [];
  const account = await api
    .callerWith({ setCookies })
    .auth.login({ email: user.email, password: user.password, ...(team === undefined ? {} : { team }) });
  return { account, setCookies, caller: api.callerWith({ cookie: toCookieHeader(setCookies) }) };
}

describe('registration', () => {
  test('auth.register creates an account and logs it in, and the first account of a team is its admin', async () => {
    const teamId = newId();
    await api.db
      .insertInto('teams')
      .values({ id: teamId, slug: teamId, name: 'New', isRegistrationOpen: true })
      .execute();
    const roles = [];
    for (const name of ['first', 'second']) {
      const setCookies: string[] = [];
      await api
        .callerWith({ setCookies })
        .auth.register({ email: `${name}@example.com`, password: 'SecurePass123', teamId });
      const me = await api.callerWith({ cookie: toCookieHeader(setCookies) }).auth.me();
      expect(me).toMatchObject({
        user: { email: `${name}@example.com`, displayName: name },
        team: { id: teamId },
      });
      roles.push(me.user.role);
    }
    expect(roles).toEqual(['admin', 'user']);
  });

  test('auth.register ignores a role and an id in its input', async () => {
    const team = await api.createTeam({ isRegistrationOpen: true });
    const id = newId();
    const input = {
      email: `${id}@example.com`,
      password: 'SecurePass123',
      teamId: team.id,
      role: 'admin',
      id,
    };
    const { user } = await api.anonymous.auth.register(input);
    expect(user.role).toBe('user');
    expect(user.id).not.toBe(id);
  });

  test('concurrent registrations in an empty team make exactly one admin', async () => {
    const teamId = newId();
    await api.db
      .insertInto('teams')
      .values({ id: teamId, slug: teamId, name: 'New', isRegistrationOpen: true })
      .execute();
    const accounts = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        api.anonymous.auth.register({ email: `p${index}@example.com`, password: 'SecurePass123', teamId }),
      ),
    );
    expect(accounts.filter((account) => account.user.role === 'admin')).toHaveLength(1);
  });

  test('auth.register is refused alike for a closed team and a missing one', async () => {
    const closed = await api.createTeam();
    const attempt = (teamId: string) =>
      api.anonymous.auth.register({ email: 'x@example.com', password: 'SecurePass123', teamId });
    const errors = await Promise.all(
      [closed.id, newId()].map((id) => attempt(id).catch((error: unknown) => String(error))),
    );
    expect(errors[0]).toContain('not open for registration');
    expect(errors[0]).toBe(errors[1]);
  });

  test('auth.register with a taken email is refused, in any case', async () => {
    const team = await api.createTeam({ isRegistrationOpen: true });
    await team.createUser({ email: 'taken@example.com' });
    const call = api.anonymous.auth.register({
      email: ' Taken@Example.com ',
      password: 'SecurePass123',
      teamId: team.id,
    });
    expect(await reasonOf(call)).toBe('EMAIL_TAKEN');
  });
});

describe('login', () => {
  test('a login sets two cookies that scripts cannot read and other sites cannot send', async () => {
    const { user } = await api.createTeam();
    const { setCookies, caller } = await login(user);
    expect(setCookies.map((cookie) => cookie.split('=')[0])).toEqual(['parley_access', 'parley_session']);
    for (const cookie of setCookies) expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
    expect((await caller.auth.me()).user.id).toBe(user.id);
  });

  test('the database contains no session id, only its hash', async () => {
    const { user } = await api.createTeam();
    const { setCookies } = await login(user);
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
    await expect(login(user)).rejects.toMatchObject({
      reason: 'TEAM_REQUIRED',
      details: { teams: [one.slug, two.slug].toSorted() },
    });
    expect((await login(user, two.slug)).account.team.id).toBe(two.id);
    expect((await login(user, one.id)).account.team.id).toBe(one.id);
  });
});

describe('a session', () => {
  test('a session is refused at once after its logout, although its access token has not expired', async () => {
    const { user } = await api.createTeam();
    const { caller } = await login(user);
    await caller.auth.logout();
    expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(caller.auth.refresh())).toBe('SESSION_EXPIRED');
  });

  test('either cookie is enough to log out', async () => {
    const { user } = await api.createTeam();
    for (const name of ['parley_access', 'parley_session']) {
      const { setCookies, caller } = await login(user);
      const kept = setCookies.filter((cookie) => cookie.startsWith(`${name}=`));
      await api.callerWith({ cookie: toCookieHeader(kept) }).auth.logout();
      expect(await reasonOf(caller.auth.me())).toBe('SESSION_EXPIRED');
    }
  });

  test('a logout that cannot be recorded in the audit log ends no session, and succeeds when repeated', async () => {
    const { user } = await api.createTeam();
    const { caller } = await login(user);
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
    const { setCookies, caller } = await login(user);
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
    const cookie = toCookieHeader((await login(user)).setCookies);
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
});

describe('sessions', () => {
  test('auth.sessions lists the live sessions of the user alone, and marks the current one', async () => {
    const team = await api.createTeam();
    const user = await team.createUser();
    const { caller } = await login(user);
    await login(team.user);
    const expired = await login(user);
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
    const { caller } = await login(user);
    const other = await login(user);
    const id = (await other.caller.auth.sessions()).items.find((item) => item.isCurrent)?.id ?? '';
    for (const stranger of [team.admin, (await api.createTeam()).admin]) {
      expect(await reasonOf(stranger.caller.auth.revokeSession({ id }))).toBe('SESSION_NOT_FOUND');
    }
    await caller.auth.revokeSession({ id });
    expect(await reasonOf(other.caller.auth.me())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(caller.auth.me())).toBe('not refused');
    expect(await reasonOf(caller.auth.revokeSession({ id }))).toBe('SESSION_NOT_FOUND');
  });
});

describe('a change of password', () => {
  const newPassword = 'a quite different one';

  test('a change of password ends the user’s other sessions, and no other user’s', async () => {
    const team = await api.createTeam();
    const user = await team.createUser();
    const [here, there] = [await login(user), await login(user)];
    await here.caller.auth.changePassword({ currentPassword: user.password, newPassword });
    expect(await reasonOf(here.caller.auth.me())).toBe('not refused');
    expect(await reasonOf(there.caller.auth.me())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(there.caller.auth.refresh())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(user.caller.auth.me())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(team.admin.caller.auth.me())).toBe('not refused');
    expect(await reasonOf(api.anonymous.auth.login(user))).toBe('INVALID_CREDENTIALS');
    expect((await login({ ...user, password: newPassword })).account.user.id).toBe(user.id);
  });

  test('a change of password requires the current one', async () => {
    const { user } = await api.createTeam();
    const change = user.caller.auth.changePassword({ currentPassword: 'not the password', newPassword });
    expect(await reasonOf(change)).toBe('WRONG_PASSWORD');
    expect((await login(user)).account.user.id).toBe(user.id);
  });
});

describe('an access token', () => {
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
});

describe('an API key', () => {
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
});
