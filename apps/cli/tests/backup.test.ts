// A backup and its restore as an operator makes them: with the command, beside a running server, and with a start after it.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runAsAdmin, startPostgres, type PostgresServer } from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startParley } from './start-parley.ts';
import { startServer } from './start-server.ts';

const PASSWORD = 'a good password';
const secrets = {
  JWT_SECRET: randomBytes(48).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
};
const otherKey = randomBytes(32).toString('base64');

let dir: string;
let file: string;
let postgres: PostgresServer;
let webhook: TestWebhook;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-backup-'));
  file = path.join(dir, 'parley.backup');
  [postgres, webhook] = await Promise.all([startPostgres(), startTestWebhook()]);
  await runAsAdmin(postgres.url, "create role parley login createrole password 'parley'");
});

afterAll(async () => {
  await webhook[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(dir, { recursive: true });
});

async function createDatabase(name: string): Promise<string> {
  await runAsAdmin(postgres.url, `create database ${name} owner parley`);
  const credentials = { username: 'parley', password: 'parley', pathname: `/${name}` };
  return Object.assign(new URL(postgres.url), credentials).href;
}

async function parley(args: string[], env: Record<string, string>) {
  const command = startParley(args, { password: PASSWORD, env });
  return { exitCode: await command.exitCode, stdout: command.stdout(), stderr: command.stderr() };
}

async function succeed(args: string[], env: Record<string, string>): Promise<string> {
  const ended = await parley(args, env);
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
  return ended.stdout;
}

function asAdminOf(serverUrl: string): Record<string, string> {
  return { PARLEY_URL: serverUrl, PARLEY_SESSION_FILE: path.join(dir, `session-${new URL(serverUrl).port}`) };
}

test('a backup made beside a running server starts elsewhere with its logins, chats and agents', async () => {
  const env = { ...secrets, DATABASE_URL: await createDatabase('before') };
  await succeed(['team', 'create', 'Acme', '--admin-email', 'ada@acme.example'], env);
  let id: string;
  let chat: string;
  {
    await using server = await startServer(env);
    const asUser = asAdminOf(server.url);
    await succeed(['login', '--email', 'ada@acme.example'], asUser);
    const token = { PARLEY_WEBHOOK_TOKEN: 'secret-token' };
    await succeed(['agent', 'create', 'Support', '--webhook-url', webhook.url], { ...asUser, ...token });
    const { stderr } = await parley(['chat', 'Hello'], asUser);
    id = /--chat (\S+)/.exec(stderr)?.[1] ?? '';
    chat = await succeed(['export', id, '--json'], asUser);

    const made = await parley(['backup', file], env);
    expect(made).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toMatch(/^Wrote \d+ rows to .+ \([\d,]+ bytes\)\.\n$/);
    expect(made.stderr).toContain('messages: 2 rows');
    expect(made.stderr).toContain('secrets (ENCRYPTION_KEY, JWT_SECRET) are not in it');
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const inUse = await parley(['restore', file, '--replace'], env);
    expect(inUse).toMatchObject({ exitCode: 1, stdout: '' });
    expect(inUse.stderr).toContain('(DATABASE_IN_USE)');
  }

  const restored = { ...secrets, DATABASE_URL: await createDatabase('after') };
  const result = await parley(['restore', file], restored);
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.stdout).toMatch(/^Restored \d+ rows of 20\S+Z\. Start the server\.\n$/);
  expect(result.stderr).toContain('The configured key opens all stored webhook secrets.');
  expect(await succeed(['doctor'], restored)).toMatch(/\n0 problems, 1 warnings\.\n$|No problems found/);

  await using server = await startServer(restored);
  const asUser = asAdminOf(server.url);
  await succeed(['login', '--email', 'ada@acme.example'], asUser);
  expect(JSON.parse(await succeed(['export', id, '--json'], asUser))).toEqual(JSON.parse(chat));
  await succeed(['chat', '--chat', id, 'Hello again'], asUser);
}, 180_000);

test('restore leaves a database with teams alone unless told to replace it', async () => {
  const env = { ...secrets, DATABASE_URL: await createDatabase('filled') };
  await succeed(['team', 'create', 'Other', '--admin-email', 'bob@other.example'], env);
  const refused = await parley(['restore', file], env);
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('--replace. (DATABASE_NOT_EMPTY)');
  expect(await succeed(['team', 'list'], env)).toContain('other');
  await succeed(['restore', file, '--replace'], env);
  expect(await succeed(['team', 'list'], env)).toMatch(/^SLUG.*\nacme [^\n]*\n$/);
});

test('restore says what to do if the configured key does not open the stored secrets', async () => {
  const env = { ...secrets, DATABASE_URL: await createDatabase('locked'), ENCRYPTION_KEY: otherKey };
  const restored = await parley(['restore', file, '--json'], env);
  expect(restored).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(restored.stdout)).toMatchObject({ unreadableSecrets: 1, tables: { teams: 1 } });
  expect(restored.stderr).toContain('WARNING: 1 stored webhook secrets are encrypted with a key that is not');
  expect(restored.stderr).toContain('ENCRYPTION_KEY=new,old');
});

test('restore refuses a file of another program before it connects to the database', async () => {
  const foreign = path.join(dir, 'foreign');
  await writeFile(foreign, 'PGDMP');
  const env = { ...secrets, DATABASE_URL: 'postgres://127.0.0.1:2/none' };
  for (const [name, reason] of [
    [foreign, 'BACKUP_FOREIGN'],
    [path.join(dir, 'missing'), 'FILE_UNUSABLE'],
  ] as const) {
    const refused = await parley(['restore', name], env);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(`(${reason})`);
  }
  expect(await parley(['restore', file], env)).toMatchObject({ exitCode: 4 });
});
