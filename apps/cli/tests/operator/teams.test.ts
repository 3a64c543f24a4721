import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, startOperator, type Operator } from '../start-operator.ts';

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
    expect(refused.stderr.replace(note, '').trim().split('\n')).toHaveLength(1);
  }
  expect((await parley(['team', 'list', '--json'])).json()).toEqual(before);
});

test('team list lists every team with its number of users, as a table or as JSON', async () => {
  const { id, slug } = await createTestTeam();
  const listed = await parley(['team', 'list']);
  expect(listed).toMatchObject({ exitCode: 0, stderr: note });
  expect(listed.stdout).toMatch(/^SLUG +NAME +USERS +REGISTRATION +ID\n/);
  expect(listed.stdout).toMatch(new RegExp(`^${slug} +Team +1 +by invite +${id}$`, 'm'));
  expect((await parley(['team', 'list', '--json'])).json()).toContainEqual(
    expect.objectContaining({ id, slug, name: 'Team', activeUsers: 1, isRegistrationOpen: false }),
  );
});
