import { createClient } from '@parley/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRemote, type Home, type Remote } from '../start-remote.ts';

let remote: Remote;
let home: Home;
let team: Home['team'];
let parley: Home['parley'];
let logIn: Home['logIn'];
let server: Remote['server'];

beforeAll(async () => {
  remote = await startRemote();
  ({ server } = remote);
});

afterAll(() => remote[Symbol.asyncDispose]());

beforeEach(async () => {
  home = await remote.newHome();
  ({ team, parley, logIn } = home);
});

afterEach(() => home[Symbol.asyncDispose]());

test('an API key works without a login, until it is revoked', async () => {
  const { id, key } = await team.user.createApiKey();
  const env = { PARLEY_API_KEY: key, PARLEY_URL: server.url };
  expect(await parley(['agent', 'list'], env)).toMatchObject({
    exitCode: 0,
    stdout: 'The team has no agents.\n',
  });
  await team.user.caller.apiKey.revoke({ id });
  const refused = await parley(['agent', 'list'], env);
  expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
  expect(refused.stderr).toContain('(INVALID_API_KEY)');
  expect(refused.stderr).not.toContain(key);
});

test('api-key create prints the key alone, which then works in its scope, and asks for the password', async () => {
  await logIn(team.user);
  const PARLEY_PASSWORD = team.user.password;
  const created = await parley(['api-key', 'create', 'ci', '--scope', 'read'], { PARLEY_PASSWORD });
  expect(created.exitCode).toBe(0);
  expect(created.stdout).toMatch(/^parley_[\w-]{43}\n$/);
  expect(created.stderr).toMatch(/scope read and expires at \S+\. It is not shown again\.\n$/);
  const client = createClient({ url: server.url, apiKey: created.stdout.trim() });
  expect((await client.auth.me.query()).user.email).toBe(team.user.email);
  await expect(client.chat.create.mutate({ agentId: crypto.randomUUID() })).rejects.toMatchObject({
    data: { reason: 'INSUFFICIENT_SCOPE' },
  });
  const without = await parley(['api-key', 'create', 'ci', '--scope', 'read']);
  expect(without).toMatchObject({ exitCode: 2, stdout: '' });
  expect(without.stderr).toContain('set PARLEY_PASSWORD');
  const wrong = await parley(['api-key', 'create', 'ci', '--scope', 'read'], { PARLEY_PASSWORD: 'wrong' });
  expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
  expect(wrong.stderr).toContain('(WRONG_PASSWORD)');
});

test('api-key create sets the end of the key, and refuses an invalid one', async () => {
  await logIn(team.user);
  const env = { PARLEY_PASSWORD: team.user.password };
  const create = (days: string) =>
    parley(['api-key', 'create', 'ci', '--scope', 'chat', '--days', days, '--json'], env);
  expect((await create('never')).json()).toMatchObject({ name: 'ci', scope: 'chat', expiresAt: null });
  const { expiresAt } = (await create('2')).json() as { expiresAt: string };
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(1.99);
  expect(days).toBeLessThanOrEqual(2);
  for (const wrong of ['0', '1.5', 'x', '99999']) {
    expect(await create(wrong)).toMatchObject({ exitCode: 2, stdout: '' });
  }
});

test('api-key list shows state and scope but no key, and revoke ends one by name or id', async () => {
  await logIn(team.user);
  expect((await parley(['api-key', 'list'])).stdout).toBe('You have no API keys.\n');
  const first = await team.user.createApiKey({ name: 'first', scope: 'read' });
  const second = await team.user.createApiKey({ name: 'second', scope: 'chat' });
  const listed = await parley(['api-key', 'list']);
  expect(listed.stdout).toMatch(
    /^NAME +SCOPE +STATE +EXPIRES +LAST USED +ID\nsecond +chat +active .*\nfirst +read +active /,
  );
  expect(listed.stdout).not.toContain('parley_');
  expect((await parley(['api-key', 'revoke', 'first'])).stdout).toBe(
    `Revoked the API key first (${first.id}).\n`,
  );
  expect((await parley(['api-key', 'revoke', second.id, '--json'])).json()).toEqual({
    id: second.id,
    name: 'second',
  });
  const client = createClient({ url: server.url, apiKey: first.key });
  await expect(client.auth.me.query()).rejects.toMatchObject({ data: { reason: 'INVALID_API_KEY' } });
  expect((await parley(['api-key', 'list'])).stdout).toMatch(
    /second +chat +revoked .*\nfirst +read +revoked /,
  );
});

test('api-key revoke refuses a name that no key has, or that several have', async () => {
  await logIn(team.user);
  const ids = [
    await team.user.createApiKey({ name: 'twin' }),
    await team.user.createApiKey({ name: 'twin' }),
  ];
  const unknown = await parley(['api-key', 'revoke', 'none']);
  expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no API key "none"') });
  const twins = await parley(['api-key', 'revoke', 'twin']);
  expect(twins).toMatchObject({ exitCode: 2, stdout: '' });
  for (const { id } of ids) expect(twins.stderr).toContain(id);
});

test('api-key uses the login even if PARLEY_API_KEY is set, because a key cannot manage keys', async () => {
  const { key } = await team.user.createApiKey();
  const env = { PARLEY_API_KEY: key, PARLEY_URL: server.url };
  expect(await parley(['api-key', 'list'], env)).toMatchObject({ exitCode: 3, stdout: '' });
  await logIn(team.user);
  expect(await parley(['api-key', 'list'], env)).toMatchObject({ exitCode: 0 });
  const once = ['--url', server.url, '--email', team.user.email];
  const PARLEY_PASSWORD = team.user.password;
  const created = await parley(['api-key', 'create', 'ci', '--scope', 'read', ...once], { PARLEY_PASSWORD });
  expect(created.stdout).toMatch(/^parley_/);
});
