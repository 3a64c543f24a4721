import { createHash } from 'node:crypto';
import { newId } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestTeam } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let team: TestTeam;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
});

afterAll(() => api[Symbol.asyncDispose]());

const PASSWORD = 'SecurePass123';
const newEmail = () => `${newId()}@example.com`;
const join = (inviteToken: string, email = newEmail()) =>
  api.anonymous.auth.register({ email, password: PASSWORD, inviteToken });

describe('a team', () => {
  test('all members read the team, and only admins change it', async () => {
    const own = await api.createTeam();
    expect(await own.user.caller.team.get()).toMatchObject({
      id: own.id,
      slug: own.slug,
      isRegistrationOpen: false,
    });
    expect(await reasonOf(own.user.caller.team.update({ name: 'Mine' }))).toBe('ADMIN_REQUIRED');
    await own.admin.caller.team.update({ name: ' Renamed ' });
    expect(await own.admin.caller.team.update({ isRegistrationOpen: true })).toMatchObject({
      name: 'Renamed',
      isRegistrationOpen: true,
    });
    expect((await own.user.caller.team.get()).name).toBe('Renamed');
  });

  test('team.members has pages, without members of another team', async () => {
    const own = await api.createTeam();
    for (let i = 0; i < 3; i += 1) await own.createUser();
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await own.user.caller.team.members({ limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map((member) => member.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const all = await api.db.selectFrom('users').select('id').where('teamId', '=', own.id).execute();
    expect(ids.toSorted()).toEqual(all.map((user) => user.id).toSorted());
    expect(ids).toHaveLength(5);
  });
});

describe('a role', () => {
  test('a changed role applies with the next request', async () => {
    const { admin, createUser } = team;
    const user = await createUser();
    expect(await reasonOf(user.caller.team.listInvites())).toBe('ADMIN_REQUIRED');
    expect(await admin.caller.team.setRole({ userId: user.id, role: 'admin' })).toMatchObject({
      id: user.id,
      role: 'admin',
    });
    expect((await user.caller.team.listInvites()).items).toEqual([]);
    await admin.caller.team.setRole({ userId: user.id, role: 'user' });
    expect(await reasonOf(user.caller.team.listInvites())).toBe('ADMIN_REQUIRED');
  });

  test('the last admin can neither lose the role nor be disabled', async () => {
    const { admin, createUser } = await api.createTeam();
    const userId = admin.id;
    expect(await reasonOf(admin.caller.team.setRole({ userId, role: 'user' }))).toBe('LAST_ADMIN');
    expect(await reasonOf(admin.caller.team.setActive({ userId, isActive: false }))).toBe('LAST_ADMIN');
    // A disabled admin does not count.
    const second = await createUser({ role: 'admin' });
    await admin.caller.team.setActive({ userId: second.id, isActive: false });
    expect(await reasonOf(admin.caller.team.setRole({ userId, role: 'user' }))).toBe('LAST_ADMIN');
    await admin.caller.team.setActive({ userId: second.id, isActive: true });
    expect((await admin.caller.team.setRole({ userId, role: 'user' })).role).toBe('user');
  });

  test('of two last admins who demote each other at once, only one loses the role', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, admin, createUser } = await api.createTeam();
      const other = await createUser({ role: 'admin' });
      await Promise.allSettled([
        admin.caller.team.setRole({ userId: other.id, role: 'user' }),
        other.caller.team.setActive({ userId: admin.id, isActive: false }),
      ]);
      const admins = await api.db
        .selectFrom('users')
        .select('id')
        .where('teamId', '=', id)
        .where('role', '=', 'admin')
        .where('isActive', '=', true)
        .execute();
      expect(admins).toHaveLength(1);
    }
  });
});

describe('an account', () => {
  test('a disabled account is refused with the next request, and its sessions do not return', async () => {
    const user = await team.createUser();
    await team.admin.caller.team.setActive({ userId: user.id, isActive: false });
    expect(await reasonOf(user.caller.auth.me())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(user.caller.auth.refresh())).toBe('SESSION_EXPIRED');
    expect(await reasonOf(api.anonymous.auth.login(user))).toBe('INVALID_CREDENTIALS');
    await team.admin.caller.team.setActive({ userId: user.id, isActive: true });
    expect(await reasonOf(user.caller.auth.me())).toBe('SESSION_EXPIRED');
    expect((await api.anonymous.auth.login(user)).user.id).toBe(user.id);
  });

  test('changing an account of another team is refused as for a missing one', async () => {
    const { user: foreign } = await api.createTeam();
    const errors = [];
    for (const userId of [foreign.id, newId()]) {
      for (const call of [
        () => team.admin.caller.team.setRole({ userId, role: 'admin' }),
        () => team.admin.caller.team.setActive({ userId, isActive: false }),
      ]) {
        errors.push(await call().catch((error: unknown) => String(error)));
        expect(await reasonOf(call())).toBe('MEMBER_NOT_FOUND');
      }
    }
    expect(new Set(errors).size).toBe(1);
    expect((await foreign.caller.auth.me()).user.role).toBe('user');
  });
});

describe('an invite', () => {
  test('an invite registers one account with its role, and names that account', async () => {
    for (const role of ['user', 'admin'] as const) {
      const { token, ...invite } = await team.admin.caller.team.createInvite({ role });
      expect(invite).toMatchObject({ role, status: 'open', createdBy: team.admin.id });
      const account = await join(token);
      expect(account).toMatchObject({ user: { role }, team: { id: team.id } });
      const [newest] = (await team.admin.caller.team.listInvites()).items;
      expect(newest).toMatchObject({ id: invite.id, status: 'used', usedBy: account.user.id });
      expect(await reasonOf(join(token))).toBe('INVITE_INVALID');
    }
  });

  test('an invite used ten times at once registers one account', async () => {
    const { token } = await team.admin.caller.team.createInvite();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => reasonOf(join(token))));
    expect(outcomes.toSorted()).toEqual([...Array<string>(9).fill('INVITE_INVALID'), 'not refused']);
  });

  test('an invite whose registration failed can be used again', async () => {
    const { token } = await team.admin.caller.team.createInvite();
    expect(await reasonOf(join(token, team.user.email))).toBe('EMAIL_TAKEN');
    expect((await join(token)).team.id).toBe(team.id);
  });

  test('an unknown, used, revoked or expired invite is refused, all alike', async () => {
    const { admin } = team;
    const used = await admin.caller.team.createInvite();
    await join(used.token);
    const revoked = await admin.caller.team.createInvite();
    await admin.caller.team.revokeInvite({ id: revoked.id });
    const expired = await admin.caller.team.createInvite({ expiresInHours: 1 });
    await api.db
      .updateTable('invites')
      .set({ expiresAt: new Date(Date.now() - 1000).toISOString() })
      .where('id', '=', expired.id)
      .execute();
    const errors = new Set<string>();
    for (const token of [used.token, revoked.token, expired.token, 'invite_AAAAAAAAAAAAAAAAAAAAAA', ' ']) {
      const call = join(token);
      errors.add(await call.then(String, String));
      expect(await reasonOf(call)).toBe('INVITE_INVALID');
    }
    expect(errors.size).toBe(1);
    const statuses = (await admin.caller.team.listInvites({ limit: 3 })).items.map(({ status }) => status);
    expect(statuses).toEqual(['expired', 'revoked', 'used']);
  });

  test('an invite has 128 random bits and is stored as a hash', async () => {
    const { id, token } = await team.admin.caller.team.createInvite();
    expect(Buffer.from(token.slice('invite_'.length), 'base64url')).toHaveLength(16);
    const row = await api.db.selectFrom('invites').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.tokenHash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(token);
  });

  test('only admins create, list and revoke invites, each in their own team', async () => {
    const foreign = await api.createTeam();
    const { id } = await foreign.admin.caller.team.createInvite();
    for (const missing of [id, newId()]) {
      expect(await reasonOf(team.admin.caller.team.revokeInvite({ id: missing }))).toBe('INVITE_NOT_FOUND');
    }
    expect(await reasonOf(foreign.user.caller.team.createInvite())).toBe('ADMIN_REQUIRED');
    expect(await reasonOf(foreign.user.caller.team.revokeInvite({ id }))).toBe('ADMIN_REQUIRED');
    const ids = (await team.admin.caller.team.listInvites({ limit: 100 })).items.map((item) => item.id);
    expect(ids).not.toContain(id);
  });

  test('a used invite cannot be revoked, and a revoked one stays revoked', async () => {
    const { admin } = team;
    const used = await admin.caller.team.createInvite();
    await join(used.token);
    expect(await reasonOf(admin.caller.team.revokeInvite(used))).toBe('INVITE_USED');
    const { id } = await admin.caller.team.createInvite();
    const first = await admin.caller.team.revokeInvite({ id });
    expect(first.status).toBe('revoked');
    expect(await admin.caller.team.revokeInvite({ id })).toEqual(first);
  });

  test('a registration takes either an invite or a team id, not both', async () => {
    const { token } = await team.admin.caller.team.createInvite();
    const account = { email: newEmail(), password: PASSWORD };
    const both = api.anonymous.auth.register({ ...account, teamId: team.id, inviteToken: token });
    await expect(both).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(api.anonymous.auth.register(account)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
