import { randomBytes } from 'node:crypto';
import { createSecretBox } from '@parley/api';
import { agents, forTeam, newId } from '@parley/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOperator, type Operator } from '../start-operator.ts';

const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');

let operator: Operator;
let parley: Operator['parley'];
let createTestTeam: Operator['createTestTeam'];
let database: Operator['database'];
let db: Operator['db'];
let url: string;

beforeAll(async () => {
  operator = await startOperator();
  ({ parley, createTestTeam, database, db, url } = operator);
});

afterAll(() => operator[Symbol.asyncDispose]());

const production = {
  NODE_ENV: 'production',
  JWT_SECRET: 'a'.repeat(16) + 'b'.repeat(16),
  ENCRYPTION_KEY: newKey,
  PUBLIC_URL: 'https://chat.example.com',
  TRUSTED_PROXIES: '127.0.0.1',
};

interface Finding {
  check: string;
  level: string;
  message: string;
}

async function findings(env: Record<string, string> = {}, ...args: string[]) {
  const { exitCode, json } = await parley(['doctor', '--json', ...args], { ...production, ...env });
  const report = json() as { isSound: boolean; findings: Finding[] };
  expect(exitCode).toBe(report.isSound ? 0 : 1);
  return { isSound: report.isSound, bad: report.findings.filter(({ level }) => level !== 'ok') };
}

async function addAgent(teamId: string, webhookUrl: string, sealed?: Uint8Array): Promise<void> {
  await agents.insert(forTeam(database.system, teamId), {
    ...{ teamId, id: newId(), name: 'Agent', webhookUrl },
    ...(sealed === undefined ? {} : { webhookTokenEncrypted: sealed }),
  });
}

test('doctor finds no problems in a sound installation, and lists its checks', async () => {
  const report = await parley(['doctor'], production);
  expect(report.exitCode).toBe(0);
  for (const check of [
    'environment',
    'database',
    'database login',
    'database writes',
    'migrations',
    'roles',
    'row-level security',
    'secrets',
    'webhooks',
  ])
    expect(report.stdout).toMatch(new RegExp(`^ok +${check}: `, 'm'));
  expect(report.stdout).toMatch(/\nNo problems found\.\n$/);
});

test('doctor warns of an https:// PUBLIC_URL without TRUSTED_PROXIES, because only a proxy can serve it', async () => {
  expect(await findings({ TRUSTED_PROXIES: '' })).toEqual({
    isSound: true,
    bad: [
      expect.objectContaining({
        check: 'environment',
        level: 'warning',
        message: expect.stringContaining('TRUSTED_PROXIES'),
      }),
    ],
  });
});

test('doctor finds an environment that would not start, and an unreachable database', async () => {
  expect(await findings({ JWT_SECRET: 'short', DATABASE_URL: 'postgres://127.0.0.1:2/x' })).toEqual({
    isSound: false,
    bad: [
      expect.objectContaining({
        check: 'environment',
        level: 'problem',
        message: expect.stringContaining('JWT_SECRET'),
      }),
      expect.objectContaining({
        check: 'database',
        level: 'problem',
        message: expect.stringContaining('Nothing answers'),
      }),
      expect.objectContaining({ check: 'secrets', level: 'skipped' }),
      expect.objectContaining({ check: 'webhooks', level: 'skipped' }),
    ],
  });
});

test('doctor finds an empty database, and leaves it empty', async () => {
  await sql`create database empty`.execute(db);
  const DATABASE_URL = Object.assign(new URL(url), { pathname: '/empty' }).href;
  for (let time = 1; time <= 2; time += 1) {
    const { isSound, bad } = await findings({ DATABASE_URL });
    expect(isSound).toBe(false);
    expect(bad[0]).toMatchObject({
      check: 'migrations',
      message: expect.stringContaining('parley migrate'),
    });
  }
});

test('doctor fails for a login that bypasses row-level security, and still makes the other checks', async () => {
  for (const [commands, DATABASE_URL, reason] of [
    [
      ['create role backup nologin bypassrls'],
      Object.assign(new URL(operator.serverUrl), { pathname: '/parley' }).href,
      'is a superuser',
    ],
    [['alter role parley bypassrls'], url, 'user parley, which has BYPASSRLS'],
    [['alter role parley nobypassrls', 'grant backup to parley'], url, 'can set the role backup, which has'],
  ] as const) {
    for (const command of commands) await sql.raw(command).execute(db);
    expect(await findings({ DATABASE_URL })).toEqual({
      isSound: false,
      bad: [
        {
          check: 'database login',
          level: 'problem',
          message: expect.stringMatching(new RegExp(`${reason}.*docs/operations.md`)),
        },
      ],
    });
  }
  await sql`revoke backup from parley`.execute(db);
  expect(await findings()).toEqual({ isSound: true, bad: [] });
});

test('doctor fails while the database refuses writes', async () => {
  await sql`alter database parley set default_transaction_read_only = on`.execute(db);
  const { isSound, bad } = await findings();
  await sql`alter database parley reset default_transaction_read_only`.execute(db);
  expect(isSound).toBe(false);
  expect(bad).toEqual([
    {
      check: 'database writes',
      level: 'problem',
      message: expect.stringMatching(/^The database refuses writes: it is read-only \(.*primary server\.$/),
    },
  ]);
});

test('doctor finds a table without enforced row-level security', async () => {
  await sql`alter table chats no force row level security`.execute(db);
  const { isSound, bad } = await findings();
  await sql`alter table chats force row level security`.execute(db);
  expect(isSound).toBe(false);
  expect(bad[0]).toMatchObject({
    check: 'row-level security',
    level: 'problem',
    message: expect.stringContaining('chats'),
  });
});

test('doctor finds secrets that no key decrypts, and secrets encrypted with an older key', async () => {
  const { id } = await createTestTeam();
  await addAgent(id, 'https://127.0.0.1:2/', createSecretBox([Buffer.from(oldKey, 'base64')]).seal('x'));
  await db.updateTable('agents').set({ isActive: false }).execute();
  const lost = await findings();
  expect(lost).toMatchObject({ isSound: false, bad: [{ check: 'secrets', level: 'problem' }] });
  const older = await findings({ ENCRYPTION_KEY: `${newKey},${oldKey}` });
  expect(older).toMatchObject({
    isSound: true,
    bad: [{ check: 'secrets', level: 'warning', message: expect.stringContaining('parley rotate-key') }],
  });
  await db.deleteFrom('agents').execute();
});

test('doctor reports an unreachable webhook as a warning, which fails with --strict only', async () => {
  const { id, slug } = await createTestTeam();
  await addAgent(id, 'http://127.0.0.1:2/');
  const away = await findings({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
  expect(away).toEqual({
    isSound: true,
    bad: [
      {
        check: 'webhooks',
        level: 'warning',
        message: expect.stringMatching(`Agent of ${slug}: Nothing listens`),
      },
    ],
  });
  const blocked = await findings({}, '--strict');
  expect(blocked).toMatchObject({
    isSound: false,
    bad: [{ message: expect.stringContaining('WEBHOOK_ALLOWED_HOSTS') }],
  });
  await db.deleteFrom('agents').execute();
});
