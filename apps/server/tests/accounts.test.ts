// Logins over real HTTP, with many tabs and with more than one instance.
import { createServices } from '@parley/api';
import { createClient, getErrorReason, type Client } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const TABS = 20;

async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'not refused',
    (error: unknown) => getErrorReason(error)?.reason ?? String(error),
  );
}

/** A browser: tabs that share a cookie jar, with a client each. */
async function logInTabs(): Promise<{
  jar: CookieJar;
  tabs: Client[];
  userId: string;
  refreshes: () => number;
}> {
  const { user } = await server.api.createTeam();
  const jar = new CookieJar();
  let refreshes = 0;
  const countingFetch = (url: string | URL, init: RequestInit) => {
    if (String(url).includes('auth.refresh')) refreshes += 1;
    return fetch(url, init);
  };
  const tabs = Array.from({ length: TABS }, () =>
    createClient({ url: server.url, cookies: jar, fetch: countingFetch }),
  );
  await tabs[0]?.auth.login.mutate({ email: user.email, password: user.password });
  return { jar, tabs, userId: user.id, refreshes: () => refreshes };
}

test('twenty tabs whose access token expires at the same time, five times, all stay logged in', async () => {
  const { jar, tabs, userId, refreshes } = await logInTabs();
  const sessionOf = async () => (await jar.getCookieString(server.url)).match(/parley_session=(\w+)/)?.[1];
  const session = await sessionOf();
  for (let round = 1; round <= 5; round += 1) {
    // The access token has expired, or a key that no longer exists signed it: the session decides.
    const value = round % 2 === 0 ? 'ended; Max-Age=0' : 'eyJhbGciOiJIUzI1NiIsImtpZCI6Im9sZCJ9.e30.AA';
    await jar.setCookie(`parley_access=${value}; Path=/; HttpOnly; SameSite=Strict`, server.url);
    // Old enough that each refresh extends the session, and not yet expired.
    await server.api.db
      .updateTable('sessions')
      .set({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
      .where('userId', '=', userId)
      .where('userAgent', '<>', 'test')
      .execute();
    const answers = await Promise.all(
      tabs.flatMap((tab) => [tab.auth.me.query(), tab.team.get.query(), tab.chat.list.query()]),
    );
    expect(answers).toHaveLength(3 * TABS);
    expect(refreshes()).toBeGreaterThanOrEqual(TABS * round);
    expect(await sessionOf()).toBe(session);
  }
  for (const tab of tabs) expect((await tab.auth.me.query()).user.id).toBe(userId);
});

test('a logout in one tab logs out all twenty, and their refreshes fail with SESSION_EXPIRED', async () => {
  const { tabs } = await logInTabs();
  await Promise.all(tabs.map((tab) => tab.auth.me.query()));
  await tabs[0]?.auth.logout.mutate();
  const reasons = await Promise.all(tabs.map((tab) => reasonOf(tab.chat.list.query())));
  expect(new Set(reasons)).toEqual(new Set(['NOT_AUTHENTICATED']));
  const refreshed = await Promise.all(tabs.map((tab) => reasonOf(tab.auth.refresh.mutate())));
  expect(new Set(refreshed)).toEqual(new Set(['SESSION_EXPIRED']));
});

test('a logout, a change of role or a disabled account acts on another instance with the next request', async () => {
  const { services, anonymous } = server.api;
  // A second instance that shares only the database and the secrets.
  const elsewhere = createServices({
    db: services.db,
    runs: services.runs,
    secretBox: services.secretBox,
    allowedHosts: services.allowedHosts,
    jwtSecrets: [new Uint8Array(32)],
    isSecure: false,
  });
  const team = await server.api.createTeam();
  const seenElsewhere = async (userId: string) => {
    const sessions = await server.api.db
      .selectFrom('sessions')
      .select('id')
      .where('userId', '=', userId)
      .execute();
    const users = await Promise.all(sessions.map(({ id }) => elsewhere.sessions.findLive(id)));
    return users.map((user) => user?.role);
  };
  expect(await seenElsewhere(team.user.id)).toEqual(['user']);
  await team.admin.caller.team.setRole({ userId: team.user.id, role: 'admin' });
  expect(await seenElsewhere(team.user.id)).toEqual(['admin']);
  const [id = ''] = (
    await server.api.db.selectFrom('sessions').select('id').where('userId', '=', team.user.id).execute()
  ).map((session) => session.id);
  await team.user.caller.auth.logout();
  expect(await elsewhere.sessions.findLive(id)).toBeUndefined();

  const disabled = await team.createUser();
  expect(await seenElsewhere(disabled.id)).toEqual(['user']);
  await team.admin.caller.team.setActive({ userId: disabled.id, isActive: false });
  expect(await seenElsewhere(disabled.id)).toEqual([]);
  expect(await reasonOf(anonymous.auth.login(disabled))).not.toBe('not refused');
});
