// Every procedure that changes an account, a team or an agent adds an audit entry. The list of procedures comes from the
// router, so a new one without a case here fails.
import { newId } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appRouter } from '../src/index.ts';
import { createTestApi, type TestApi, type TestTeam, type TestUser } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

interface Scene {
  team: TestTeam;
  admin: TestUser;
  user: TestUser;
  agentId: string;
}

interface Entry {
  actorId?: string;
  targetId: string;
}

const PASSWORD = 'SecurePass123';
const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** Calls each procedure, and returns the entry that it has to add. */
const actions: Record<string, (scene: Scene) => Promise<Entry>> = {
  async 'auth.register'({ team }) {
    await team.admin.caller.team.update({ isRegistrationOpen: true });
    const { user } = await api.anonymous.auth.register({
      email: `${newId()}@example.com`,
      password: PASSWORD,
      teamId: team.id,
    });
    return { actorId: user.id, targetId: user.id };
  },
  async 'auth.login'({ user }) {
    await api.anonymous.auth.login(user);
    return { actorId: user.id, targetId: user.id };
  },
  async 'auth.logout'({ user }) {
    await user.caller.auth.logout();
    return { actorId: user.id, targetId: user.id };
  },
  async 'auth.changePassword'({ user }) {
    await user.caller.auth.changePassword({ currentPassword: user.password, newPassword: PASSWORD });
    return { actorId: user.id, targetId: user.id };
  },
  async 'auth.revokeSession'({ user }) {
    const [session] = (await user.caller.auth.sessions()).items;
    await user.caller.auth.revokeSession({ id: session?.id ?? '' });
    return { actorId: user.id, targetId: user.id };
  },
  async 'apiKey.create'({ user }) {
    const { id } = await user.createApiKey();
    return { actorId: user.id, targetId: id };
  },
  async 'apiKey.revoke'({ user }) {
    const { id } = await user.createApiKey();
    await user.caller.apiKey.revoke({ id });
    return { actorId: user.id, targetId: id };
  },
  async 'team.update'({ admin, team }) {
    await admin.caller.team.update({ name: 'Renamed' });
    return { targetId: team.id };
  },
  async 'team.setRole'({ admin, user }) {
    await admin.caller.team.setRole({ userId: user.id, role: 'admin' });
    return { targetId: user.id };
  },
  async 'team.setActive'({ admin, user }) {
    await admin.caller.team.setActive({ userId: user.id, isActive: false });
    return { targetId: user.id };
  },
  async 'team.createInvite'({ admin }) {
    return { targetId: (await admin.caller.team.createInvite()).id };
  },
  async 'team.revokeInvite'({ admin }) {
    const { id } = await admin.caller.team.createInvite();
    await admin.caller.team.revokeInvite({ id });
    return { targetId: id };
  },
  async 'agent.create'({ admin }) {
    return { targetId: (await admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url })).id };
  },
  async 'agent.update'({ admin, agentId }) {
    await admin.caller.agent.update({ id: agentId, name: 'B' });
    return { targetId: agentId };
  },
  async 'agent.test'({ admin, agentId }) {
    await admin.caller.agent.test({ id: agentId });
    return { targetId: agentId };
  },
  async 'agent.setAvatar'({ admin, agentId }) {
    const form = new FormData();
    form.set('id', agentId);
    form.set('avatar', new File([onePixel], 'a.png'));
    await admin.caller.agent.setAvatar(form);
    return { targetId: agentId };
  },
  async 'agent.removeAvatar'({ admin, agentId }) {
    await admin.caller.agent.removeAvatar({ id: agentId });
    return { targetId: agentId };
  },
  async 'agent.delete'({ admin, agentId }) {
    await admin.caller.agent.delete({ id: agentId });
    return { targetId: agentId };
  },
};

/** A new access token changes nothing, and the contents of chats are private. */
const isUnaudited = (path: string) => path === 'auth.refresh' || path.startsWith('chat.');

async function setScene(): Promise<Scene> {
  const team = await api.createTeam();
  const { id: agentId } = await team.admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url });
  return { team, admin: team.admin, user: await team.createUser(), agentId };
}

const procedures: Record<string, { _def: { type: string } }> = { ...appRouter._def.procedures } as never;
const mutations = Object.keys(procedures).filter((path) => procedures[path]?._def.type === 'mutation');

test('every audited mutation of the router has a case in this file', () => {
  expect(mutations.length).toBeGreaterThan(15);
  expect(Object.keys(actions).toSorted()).toEqual(mutations.filter((path) => !isUnaudited(path)).toSorted());
});

describe('an audit entry names the actor and the target of', () => {
  test.each(Object.keys(actions))('%s', async (action) => {
    const scene = await setScene();
    const entry = await actions[action]?.(scene);
    const { items } = await scene.admin.caller.admin.audit({ action });
    expect(items[0]).toMatchObject({ action, actorId: scene.admin.id, ...entry });
  });
});

test('a refused call leaves no audit entry', async () => {
  const { admin, user, agentId } = await setScene();
  const { items: before } = await admin.caller.admin.audit({ limit: 100 });
  for (const call of [
    () => user.caller.team.update({ name: 'Mine' }),
    () => admin.caller.team.setRole({ userId: admin.id, role: 'user' }),
    () => admin.caller.team.setActive({ userId: newId(), isActive: false }),
    () => admin.caller.agent.delete({ id: newId() }),
    () => user.caller.agent.update({ id: agentId, name: 'Mine' }),
    () => user.caller.auth.changePassword({ currentPassword: 'wrong', newPassword: PASSWORD }),
    () => api.anonymous.auth.login({ email: user.email, password: 'wrong' }),
  ]) {
    expect(await reasonOf(call())).not.toBe('not refused');
  }
  expect((await admin.caller.admin.audit({ limit: 100 })).items).toEqual(before);
});
