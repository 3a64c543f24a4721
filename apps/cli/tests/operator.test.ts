// The operators' commands on a real Postgres. docs.test.ts runs them as processes.
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { createSecretBox, createTeam } from '@parley/api';
import { agents, forTeam, newId, type DB } from '@parley/db';
import {
  createPlainDatabase,
  openTestDatabase,
  startPostgres,
  type PostgresServer,
  type TestDatabase,
} from '@parley/db/testing';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInProcess } from './run-in-process.ts';

const PASSWORD = 'a good password';
const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');

let server: PostgresServer;
let database: TestDatabase;
let url: string;
let db: Kysely<DB>;

beforeAll(async () => {
  server = await startPostgres();
  const { url: plainUrl, adminUrl } = await createPlainDatabase(server.url);
  url = plainUrl;
  database = await openTestDatabase(adminUrl);
  ({ db } = database);
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await server.stop();
});

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  json: () => unknown;
}

async function parley(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const command = runInProcess(args, { env: { DATABASE_URL: url, PARLEY_PASSWORD: PASSWORD, ...env } });
  const exitCode = await command.exitCode;
  const stdout = command.stdout();
  return { exitCode, stdout, stderr: command.stderr(), json: () => JSON.parse(stdout) as unknown };
}

/** What `parley team create` does, without a process. */
async function createTestTeam(): Promise<{ id: string; slug: string; email: string }> {
  const slug = `team-${newId()}`;
  const email = `admin@${slug}.example`;
  const { id } = await createTeam(database.system, {
    name: 'Team',
    slug,
    admin: { email, password: PASSWORD },
  });
  return { id, slug, email };
}

test('team create prints the id of the new team as JSON', async () => {
  const slug = `team-${newId()}`;
  const email = `admin@${slug}.example`;
  const made = await parley(['team', 'create', 'Team', '--slug', slug, '--admin-email', email, '--json']);
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const saved = db.selectFrom('teams').innerJoin('users', 'users.teamId', 'teams.id');
  expect(await saved.where('slug', '=', slug).select(['teams.id', 'email', 'role']).execute()).toEqual([
    { id: (made.json() as { id: string }).id, email, role: 'admin' },
  ]);
});

test('team create refuses invalid input in one line, and creates nothing', async () => {
  const { slug } = await createTestTeam();
  const before = (await parley(['team', 'list', '--json'])).json();
  for (const [args, PARLEY_PASSWORD, problem, exitCode = 2] of [
    [['--admin-email', 'nobody'], PASSWORD, 'admin email must be an email address'],
    [['--admin-email', 'a@example.com'], 'short', 'admin password must have at least 10 characters'],
    [['--admin-email', 'a@example.com', '--slug', 'A b'], PASSWORD, 'slug must be'],
    [['--admin-email', 'a@example.com', '--slug', slug], PASSWORD, '(SLUG_TAKEN)', 1],
  ] as const) {
    const refused = await parley(['team', 'create', 'Acme', ...args], { PARLEY_PASSWORD });
    expect(refused).toMatchObject({ exitCode, stdout: '' });
    expect(refused.stderr).toContain(problem);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
  }
  expect((await parley(['team', 'list', '--json'])).json()).toEqual(before);
});

describe('team list', () => {
  test('lists every team with its number of users, as a table or as JSON', async () => {
    const { id, slug } = await createTestTeam();
    const listed = await parley(['team', 'list']);
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^SLUG +NAME +USERS +REGISTRATION +ID\n/);
    expect(listed.stdout).toMatch(new RegExp(`^${slug} +Team +1 +by invite +${id}$`, 'm'));
    expect((await parley(['team', 'list', '--json'])).json()).toContainEqual(
      expect.objectContaining({ id, slug, name: 'Team', activeUsers: 1, isRegistrationOpen: false }),
    );
  });
});

describe('user', () => {
  test('invite stores the token as a hash only, and prints a link if PUBLIC_URL is set', async () => {
    const { id, slug } = await createTestTeam();
    const invite = await parley(
      ['user', 'invite', '--team', slug, '--role', 'admin', '--hours', '2', '--json'],
      {
        PUBLIC_URL: 'https://chat.example.com/',
      },
    );
    expect(invite.exitCode).toBe(0);
    const { token, link } = invite.json() as { token: string; link: string };
    expect(invite.json()).toMatchObject({ role: 'admin', status: 'open', createdBy: null });
    expect(link).toBe(`https://chat.example.com/register#invite=${token}`);
    const rows = await db.selectFrom('invites').selectAll().where('teamId', '=', id).execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    const hours = (Date.parse(rows[0]?.expiresAt ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThan(2.1);
    const bare = await parley(['user', 'invite', '--team', id]);
    expect(bare.stdout).toMatch(/^invite_[\w-]{22}\n$/);
    expect(bare.stderr).toContain('It is not shown again.');
  });

  test('set-role and disable end sessions, protect the last admin, and are audited without an actor', async () => {
    const { id: teamId, slug, email } = await createTestTeam();
    const user = { teamId, id: newId(), email: 'ada@example.com', displayName: 'Ada' };
    await db
      .insertInto('users')
      .values({ ...user, passwordHash: '-' })
      .execute();
    await db
      .insertInto('sessions')
      .values({ teamId, id: newId(), userId: user.id, expiresAt: '2040-01-01T00:00:00Z' })
      .execute();
    const byTeam = ['--team', slug];
    expect(await parley(['user', 'set-role', 'Ada@Example.com', 'admin', ...byTeam])).toMatchObject({
      exitCode: 0,
      stdout: 'ada@example.com is now an admin.\n',
    });
    const disabled = await parley(['user', 'disable', email, ...byTeam, '--json']);
    expect(disabled.json()).toMatchObject({ email, isActive: false });
    expect((await parley(['user', 'disable', email, ...byTeam])).exitCode).toBe(0);
    // Ada is the last active admin.
    const refused = await parley(['user', 'set-role', 'ada@example.com', 'user', ...byTeam]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('(LAST_ADMIN)');
    expect((await parley(['user', 'enable', email, ...byTeam])).stdout).toContain('can log in again');
    await parley(['user', 'disable', 'ada@example.com', ...byTeam]);
    expect(await db.selectFrom('sessions').selectAll().where('teamId', '=', teamId).execute()).toEqual([]);
    const audit = await db
      .selectFrom('auditLog')
      .select(['action', 'actorId'])
      .where('teamId', '=', teamId)
      .orderBy('id')
      .execute();
    expect(audit[0]).toEqual({ action: 'team.setRole', actorId: null });
    expect(audit.map(({ action }) => action)).toContain('team.setActive');
  });

  test('a missing user or team, or an invalid option, is named in the error', async () => {
    const { slug } = await createTestTeam();
    const noUser = await parley(['user', 'disable', 'nobody@example.com', '--team', slug]);
    expect(noUser).toMatchObject({ exitCode: 1, stdout: '' });
    expect(noUser.stderr).toBe(
      `parley: The team ${slug} has no user nobody@example.com. To invite a user: parley user invite --team ${slug} (USER_NOT_FOUND)\n`,
    );
    for (const team of ['none', newId()]) {
      const noTeam = await parley(['user', 'disable', 'nobody@example.com', '--team', team, '--json']);
      expect(noTeam.exitCode).toBe(1);
      expect(JSON.parse(noTeam.stderr)).toMatchObject({ error: { reason: 'TEAM_NOT_FOUND' } });
    }
    for (const [args, problem] of [
      [['user', 'set-role', 'a@example.com', 'owner', '--team', slug], 'Allowed choices are user, admin'],
      [['user', 'invite', '--team', slug, '--hours', 'x'], '--hours must be a whole number'],
      [['user', 'disable', 'a@example.com'], "required option '--team <slug>'"],
    ] as const) {
      const refused = await parley([...args]);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toContain(problem);
    }
  });
});

describe('rotate-key', () => {
  test('encrypts every secret with the first key, reports progress, and has nothing to do the second time', async () => {
    const { id: teamId } = await createTestTeam();
    const box = createSecretBox([Buffer.from(oldKey, 'base64')]);
    await db
      .insertInto('agents')
      .values(
        Array.from({ length: 120 }, (_, index) => ({
          ...{ teamId, id: newId(), name: `Agent ${index}`, webhookUrl: 'https://n8n.example.com/' },
          ...{ webhookTokenEncrypted: box.seal(`token ${index}`), isActive: false },
        })),
      )
      .execute();
    const rotated = await parley(['rotate-key', '--json'], { ENCRYPTION_KEY: `${newKey},${oldKey}` });
    expect(rotated.exitCode).toBe(0);
    expect(rotated.json()).toEqual({ rotated: 120 });
    expect(rotated.stderr).toMatch(/^Encrypted 100 so far\.\nEncrypted 120 so far\.\n$/);
    const again = await parley(['rotate-key'], { ENCRYPTION_KEY: newKey });
    expect(again.stdout).toMatch(/^Encrypted 0 secrets /);
    const rows = await db.selectFrom('agents').select('webhookTokenEncrypted as sealed').execute();
    const opened = rows.map(({ sealed }) =>
      createSecretBox([Buffer.from(newKey, 'base64')]).open(sealed ?? Buffer.of()),
    );
    expect(new Set(opened).size).toBe(120);

    const lost = await parley(['rotate-key'], { ENCRYPTION_KEY: randomBytes(32).toString('base64') });
    expect(lost).toMatchObject({ exitCode: 1, stdout: '' });
    expect(lost.stderr).toContain('not in ENCRYPTION_KEY');
    await db.deleteFrom('agents').execute();
  });

  test.each([
    ['no key', {}, "Set ENCRYPTION_KEY to the server's value"],
    [
      'an invalid key',
      { ENCRYPTION_KEY: `${newKey},short` },
      'ENCRYPTION_KEY (number 2) must be 32 random bytes',
    ],
  ])('with %s, names the problem and shows no key', async (_which, env, problem) => {
    const refused = await parley(['rotate-key'], env);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(problem);
    expect(refused.stderr).not.toContain(newKey);
  });
});

describe('migrate', () => {
  test('creates the schema once, and then reports that it is up to date', async () => {
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
    for (const command of [
      ['migrate'],
      ['team', 'list'],
      ['backup', path.join(os.tmpdir(), 'never.backup')],
    ]) {
      const failed = await parley(command, { DATABASE_URL });
      expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
      expect(failed.stderr).toContain('refused the password');
    }
  });
});

describe('doctor', () => {
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

  test('finds no problems in a sound installation, and lists its checks', async () => {
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

  test('warns of an https:// PUBLIC_URL without TRUSTED_PROXIES, because only a proxy can serve it', async () => {
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

  test('finds an environment that would not start, and an unreachable database', async () => {
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

  test('finds an empty database, and leaves it empty', async () => {
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
        Object.assign(new URL(server.url), { pathname: '/parley' }).href,
        'is a superuser',
      ],
      [['alter role parley bypassrls'], url, 'user parley, which has BYPASSRLS'],
      [
        ['alter role parley nobypassrls', 'grant backup to parley'],
        url,
        'can set the role backup, which has',
      ],
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

  test('finds a table without enforced row-level security', async () => {
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

  test('finds secrets that no key decrypts, and secrets encrypted with an older key', async () => {
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

  test('reports an unreachable webhook as a warning, which fails with --strict only', async () => {
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
