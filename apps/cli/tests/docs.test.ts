// Runs the examples of docs/cli.md in order, against a server process on a real Postgres.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newId } from '@parley/db';
import {
  createPlainDatabase,
  openTestDatabase,
  runAsAdmin,
  startPostgres,
  type PostgresServer,
  type TestDatabase,
} from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { compileCache, endWithParent } from '@parley/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

let dir: string;
let postgres: PostgresServer;
let database: TestDatabase;
let webhook: TestWebhook;
let server: ChildProcess;
let env: Record<string, string>;
let page: string;

beforeAll(async () => {
  page = await readFile(pathOf('../../../docs/cli.md'), 'utf8');
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-docs-'));
  postgres = await startPostgres();
  const { url, adminUrl } = await createPlainDatabase(postgres.url);
  database = await openTestDatabase(adminUrl);
  webhook = await startTestWebhook();
  await runAsAdmin(postgres.url, 'create database new owner parley');
  const { PATH = '' } = process.env;
  const settings = {
    NODE_ENV: 'production',
    DATABASE_URL: url,
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    RATE_LIMITS: 'off',
  };
  server = spawn(process.execPath, [pathOf('../../server/src/main.ts')], {
    env: { ...compileCache, PATH, PORT: '0', LOG_LEVEL: 'silent', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithParent(server);
  const [line] = (await once(server.stdout?.setEncoding('utf8') ?? server, 'data')) as [string];
  await writeFile(
    path.join(dir, 'parley'),
    `#!/bin/sh\nexec "${process.execPath}" "${pathOf('../src/main.ts')}" "$@"\n`,
  );
  await chmod(path.join(dir, 'parley'), 0o755);
  env = {
    ...settings,
    PATH: `${dir}:${PATH}`,
    PARLEY_URL: /listening on (\S+)/.exec(line)?.[1] ?? '',
    PARLEY_PASSWORD: 'a good password',
    PARLEY_SESSION_FILE: path.join(dir, 'session.json'),
    XDG_CACHE_HOME: path.join(os.tmpdir(), 'parley-test-cache'),
    PUBLIC_URL: 'https://chat.example.com',
    TRUSTED_PROXIES: '127.0.0.1',
    WEBHOOK_URL: webhook.url,
    NEW_DATABASE_URL: Object.assign(new URL(url), { pathname: '/new' }).href,
  };
});

afterAll(async () => {
  server.kill('SIGKILL');
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await postgres.stop();
  await rm(dir, { recursive: true });
});

/** A user of the examples' team. */
async function insertAda(): Promise<void> {
  const { id } = await database.db
    .selectFrom('teams')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  await database.db
    .insertInto('users')
    .values({ teamId: id, id: newId(), email: 'ada@acme.example', displayName: 'Ada', passwordHash: '-' })
    .execute();
}

async function findChatId(): Promise<string> {
  const chats = database.db.selectFrom('chats').select('id').orderBy('id').limit(1);
  return (await chats.executeTakeFirstOrThrow()).id;
}

test('every example of docs/cli.md runs as written, and prints JSON with --json', async () => {
  const examples = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map((match) => match[1] ?? '');
  const lines = examples.flatMap((example) =>
    example
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  );
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    if (line.includes('disable ada@')) await insertAda();
    if (line.includes('$CHAT_ID')) env['CHAT_ID'] ??= await findChatId();
    const ran = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', line], { env, cwd: dir }).catch(
      (error: unknown) => expect.fail(`${line}\n${String(error)}`),
    );
    expect(ran.stdout + ran.stderr, line).not.toBe('');
    if (!line.includes('--json')) continue;
    // `chat` prints an event per line; an export is one JSON document of several lines.
    const texts = line.includes('parley chat') ? ran.stdout.trim().split('\n') : [ran.stdout];
    for (const text of texts) JSON.parse(text);
  }
}, 180_000);

test('docs/cli.md has an example of every command', async () => {
  const { stdout } = await promisify(execFile)('parley', ['--help'], { env });
  const names = [...stdout.matchAll(/^ {2}([a-z][\w-]*)/gm)].map((match) => match[1] ?? '');
  expect(names).toEqual(expect.arrayContaining(['login', 'team', 'doctor']));
  for (const name of names.filter((one) => one !== 'help'))
    expect(page).toMatch(new RegExp(`^ *(.* \\| |\\w+=\\S+ )?parley ${name}\\b`, 'm'));
});
