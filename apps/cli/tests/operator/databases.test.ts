// Which database the operators' commands act on, and what they say if they cannot.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInProcess } from '../run-in-process.ts';
import { startOperator, type Operator } from '../start-operator.ts';

let operator: Operator;
let parley: Operator['parley'];
let db: Operator['db'];
let url: string;
let note: string;

beforeAll(async () => {
  operator = await startOperator();
  ({ parley, db, url, note } = operator);
});

afterAll(() => operator[Symbol.asyncDispose]());

test('migrate creates the schema once, and then reports that it is up to date', async () => {
  const { username } = new URL(url);
  await sql`create database fresh owner ${sql.ref(username)}`.execute(db);
  const DATABASE_URL = Object.assign(new URL(url), { pathname: '/fresh' }).href;
  const made = await parley(['migrate', '--json'], { DATABASE_URL });
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
  expect(made.json()).toEqual({ applied: ['schema.sql'] });
  expect((await parley(['migrate'], { DATABASE_URL })).stdout).toBe('The database is up to date.\n');
});

test('an unreachable database is reported without the password, with exit code 4', async () => {
  const DATABASE_URL = 'postgres://parley:hidden@127.0.0.1:2/parley';
  for (const command of [['migrate'], ['team', 'list'], ['user', 'invite', '--team', 'x']]) {
    const failed = await parley(command, { DATABASE_URL });
    expect(failed).toMatchObject({ exitCode: 4, stdout: '' });
    expect(failed.stderr).toContain('Nothing answers at 127.0.0.1:2.');
    expect(failed.stderr).not.toContain('hidden');
  }
});

test('a database that refuses the login is reported with exit code 1, since a retry fails the same way', async () => {
  const DATABASE_URL = Object.assign(new URL(url), { password: 'wrong' }).href;
  for (const command of [['migrate'], ['team', 'list'], ['backup', path.join(os.tmpdir(), 'never.backup')]]) {
    const failed = await parley(command, { DATABASE_URL });
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(failed.stderr).toContain('refused the password');
  }
});

test('no command shows a part of a password that is not percent-encoded in DATABASE_URL', async () => {
  const env = { DATABASE_URL: 'postgres://user:p@canary/w:rd#@127.0.0.1:1/parley' };
  for (const [args, code] of [
    [['team', 'list'], 2],
    [['backup', path.join(os.tmpdir(), 'never.backup')], 2],
    [['restore', path.join(os.tmpdir(), 'never.backup')], 2],
    [['doctor'], 1],
    [['doctor', '--json'], 1],
  ] as const) {
    const command = runInProcess(args, { env });
    expect(await command.exitCode).toBe(code);
    const output = command.stdout() + command.stderr();
    expect(output).toContain('percent-encoding');
    expect(output).not.toMatch(/canary|w:rd/);
  }
});

test('every command names host and database, without user and password', async () => {
  const { username, password } = new URL(url);
  for (const args of [['team', 'list'], ['migrate'], ['doctor'], ['user', 'list', '--team', 'none']]) {
    const { stderr } = await parley(args);
    expect(stderr.startsWith(note), stderr).toBe(true);
    expect(stderr.split('\n', 1)[0]).not.toMatch(new RegExp(`${username}:|:${password}|@`));
  }
});

test('without DATABASE_URL, no command creates an embedded database unless it is asked to', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-none-'));
  const dataDir = path.join(dir, 'data');
  const env = { PARLEY_DATA_DIR: dataDir, PARLEY_PASSWORD: 'a good password' };
  for (const args of [
    ['team', 'create', 'Team', '--admin-email', 'a@example.com'],
    ['team', 'list'],
    ['user', 'list', '--team', 'x'],
    ['migrate'],
    ['backup', path.join(dir, 'backup')],
    ['restore', path.join(dir, 'backup')],
    ['rotate-key'],
  ]) {
    const command = runInProcess(args, {
      env: { ...env, ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    });
    expect(await command.exitCode, args.join(' ')).toBe(2);
    expect(command.stderr()).toContain(`there is no embedded database in ${dataDir}`);
    expect(command.stderr()).toContain('(NO_DATABASE)');
    expect(existsSync(dataDir)).toBe(false);
  }
  await rm(dir, { recursive: true });
});

test('--embedded beside DATABASE_URL is refused', async () => {
  const refused = await parley(['migrate', '--embedded']);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('but DATABASE_URL is set');
});
