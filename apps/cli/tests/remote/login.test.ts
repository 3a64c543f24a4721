import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRemote, type Home, type Remote } from '../start-remote.ts';

let remote: Remote;
let home: Home;
let team: Home['team'];
let parley: Home['parley'];
let logIn: Home['logIn'];
let sessionFile: Home['sessionFile'];
let server: Remote['server'];

beforeAll(async () => {
  remote = await startRemote();
  ({ server } = remote);
});

afterAll(() => remote[Symbol.asyncDispose]());

beforeEach(async () => {
  home = await remote.newHome();
  ({ team, parley, logIn, sessionFile } = home);
});

afterEach(() => home[Symbol.asyncDispose]());

function sessionsOf({ id }: { id: string }) {
  return server.api.db
    .selectFrom('sessions')
    .select(['id', 'expiresAt'])
    .where('userId', '=', id)
    .where('userAgent', 'is distinct from', 'test')
    .execute();
}

test('login stores a session without the password in a private file; logout ends it and removes the file', async () => {
  const login = await logIn();
  expect(login).toMatchObject({ exitCode: 0, stderr: '' });
  expect(login.stdout).toBe(
    `Logged in to ${server.url} as ${team.admin.email} (team: ${team.slug}, role: admin).\n`,
  );
  expect((await stat(sessionFile)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(sessionFile))).mode & 0o777).toBe(0o700);
  expect(await readFile(sessionFile, 'utf8')).not.toContain(team.admin.password);
  expect(await sessionsOf(team.admin)).toHaveLength(1);

  expect(await parley(['logout'])).toMatchObject({ exitCode: 0, stdout: 'Logged out.\n' });
  expect(await sessionsOf(team.admin)).toEqual([]);
  await expect(stat(sessionFile)).rejects.toThrow('ENOENT');
  expect(await parley(['agent', 'list'])).toMatchObject({ exitCode: 3, stdout: '' });
  expect((await parley(['logout', '--json'])).json()).toEqual({ wasLoggedIn: false });
});

test('a second login ends and replaces the first session', async () => {
  await logIn();
  const [first] = await sessionsOf(team.admin);
  const again = await logIn(team.admin, '--json');
  expect(again.json()).toMatchObject({
    url: server.url,
    user: { email: team.admin.email },
    team: { slug: team.slug },
  });
  const sessions = await sessionsOf(team.admin);
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.id).not.toBe(first?.id);
});

test('an expired access token is renewed and stored', async () => {
  await logIn();
  const file = await readFile(sessionFile, 'utf8');
  // Looks signed by a key that no longer exists.
  const stale = file.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, 'eyJhbGciOiJIUzI1NiJ9.e30.AA');
  expect(stale).not.toBe(file);
  await writeFile(sessionFile, stale);
  expect(await parley(['agent', 'list'])).toMatchObject({ exitCode: 0 });
  expect(await readFile(sessionFile, 'utf8')).not.toContain('.e30.AA');
  expect((await stat(sessionFile)).mode & 0o777).toBe(0o600);
});

test('an expired session is reported as SESSION_EXPIRED, with the command to log in', async () => {
  await logIn();
  await server.api.db.deleteFrom('sessions').where('userId', '=', team.admin.id).execute();
  const ended = await parley(['agent', 'list', '--json']);
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  expect(JSON.parse(ended.stderr)).toEqual({
    error: { reason: 'SESSION_EXPIRED', message: expect.stringContaining('parley login') },
  });
});

test('a session file that is readable by others, damaged or for another server is refused', async () => {
  await logIn();
  await chmod(sessionFile, 0o644);
  const readable = await parley(['agent', 'list']);
  expect(readable).toMatchObject({ exitCode: 2, stdout: '' });
  expect(readable.stderr).toContain(`chmod 600 ${sessionFile}`);
  await chmod(sessionFile, 0o600);
  const elsewhere = await parley(['agent', 'list', '--url', 'https://chat.example.com']);
  expect(elsewhere).toMatchObject({ exitCode: 3, stdout: '' });
  expect(elsewhere.stderr).toContain(`You are logged in to ${server.url}, not to https://chat.example.com.`);
  expect(await parley(['agent', 'list'], { PARLEY_URL: `${server.url}/` })).toMatchObject({ exitCode: 0 });
  await writeFile(sessionFile, '{"url":', { mode: 0o600 });
  const damaged = await parley(['agent', 'list']);
  expect(damaged).toMatchObject({ exitCode: 3, stdout: '' });
  expect(damaged.stderr).toContain('is damaged. Log in again');
});

test('a wrong password stores nothing', async () => {
  const refused = await logIn({ ...team.admin, password: 'wrong' });
  expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
  await expect(stat(sessionFile)).rejects.toThrow('ENOENT');
});

test('chat uses the stored login, and keeps it', async () => {
  await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: server.api.webhook.url });
  await logIn(team.user);
  const before = await sessionsOf(team.user);
  expect(await parley(['chat', 'Hi'])).toMatchObject({ exitCode: 0, stdout: 'Hello from the agent\n' });
  expect(await sessionsOf(team.user)).toEqual(before);
});
