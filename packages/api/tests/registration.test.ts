import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { toCookieHeader } from './log-in.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

test('auth.register creates an account and logs it in, and the first account of a team is its admin', async () => {
  const teamId = newId();
  await api.db
    .insertInto('teams')
    .values({ id: teamId, slug: teamId, name: 'New', isRegistrationOpen: true })
    .execute();
  const roles = [];
  for (const name of ['first', 'second']) {
    const setCookies: string[] = [];
    await api
      .callerWith({ setCookies })
      .auth.register({ email: `${name}@example.com`, password: 'SecurePass123', teamId });
    const me = await api.callerWith({ cookie: toCookieHeader(setCookies) }).auth.me();
    expect(me).toMatchObject({
      user: { email: `${name}@example.com`, displayName: name },
      team: { id: teamId },
    });
    roles.push(me.user.role);
  }
  expect(roles).toEqual(['admin', 'user']);
});

test('auth.register ignores a role and an id in its input', async () => {
  const team = await api.createTeam({ isRegistrationOpen: true });
  const id = newId();
  const input = {
    email: `${id}@example.com`,
    password: 'SecurePass123',
    teamId: team.id,
    role: 'admin',
    id,
  };
  const { user } = await api.anonymous.auth.register(input);
  expect(user.role).toBe('user');
  expect(user.id).not.toBe(id);
});

test('concurrent registrations in an empty team make exactly one admin', async () => {
  const teamId = newId();
  await api.db
    .insertInto('teams')
    .values({ id: teamId, slug: teamId, name: 'New', isRegistrationOpen: true })
    .execute();
  const accounts = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      api.anonymous.auth.register({ email: `p${index}@example.com`, password: 'SecurePass123', teamId }),
    ),
  );
  expect(accounts.filter((account) => account.user.role === 'admin')).toHaveLength(1);
});

test('auth.register is refused alike for a closed team and a missing one', async () => {
  const closed = await api.createTeam();
  const attempt = (teamId: string) =>
    api.anonymous.auth.register({ email: 'x@example.com', password: 'SecurePass123', teamId });
  const errors = await Promise.all(
    [closed.id, newId()].map((id) => attempt(id).catch((error: unknown) => String(error))),
  );
  expect(errors[0]).toContain('not open for registration');
  expect(errors[0]).toBe(errors[1]);
});

test('auth.register with a taken email is refused, in any case', async () => {
  const team = await api.createTeam({ isRegistrationOpen: true });
  await team.createUser({ email: 'taken@example.com' });
  const call = api.anonymous.auth.register({
    email: ' Taken@Example.com ',
    password: 'SecurePass123',
    teamId: team.id,
  });
  expect(await reasonOf(call)).toBe('EMAIL_TAKEN');
});
