import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOperator, type Operator } from '../start-operator.ts';

let operator: Operator;
let parley: Operator['parley'];
let createTestTeam: Operator['createTestTeam'];
let db: Operator['db'];
let note: string;

beforeAll(async () => {
  operator = await startOperator();
  ({ parley, createTestTeam, db, note } = operator);
});

afterAll(() => operator[Symbol.asyncDispose]());

test('user invite stores the token as a hash only, and prints a link if PUBLIC_URL is set', async () => {
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

test('user set-role and disable end sessions, protect the last admin, and are audited without an actor', async () => {
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
    `${note}parley: The team ${slug} has no user nobody@example.com. To invite a user: parley user invite --team ${slug} (USER_NOT_FOUND)\n`,
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

test('user list shows every user with role and state, newest first, as a table or as JSON', async () => {
  const { id: teamId, slug, email } = await createTestTeam();
  const id = newId();
  const ada = { teamId, id, email: 'ada@example.com', displayName: 'Ada', isActive: false };
  await db
    .insertInto('users')
    .values({ ...ada, passwordHash: 'a hash' })
    .execute();
  const listed = await parley(['user', 'list', '--team', slug]);
  expect(listed).toMatchObject({ exitCode: 0, stderr: note });
  const [header, first, second] = listed.stdout.split('\n');
  expect(header).toMatch(/^EMAIL +NAME +ROLE +STATE +ID$/);
  expect(first).toMatch(new RegExp(`^ada@example.com +Ada +user +disabled +${id}$`));
  expect(second).toMatch(new RegExp(`^${email} .* admin +active `));
  const json = await parley(['user', 'list', '--team', teamId, '--json']);
  expect(json.json()).toMatchObject([{ id, email: 'ada@example.com', isActive: false }, { email }]);
  expect(json.stdout).not.toContain('a hash');
  expect(await parley(['user', 'list', '--team', 'none'])).toMatchObject({ exitCode: 1, stdout: '' });
});
