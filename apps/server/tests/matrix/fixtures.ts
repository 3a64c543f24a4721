// What the matrix has to know of each procedure: who may call it, an input that works, and which of its fields name
// something. A procedure without a fixture fails the suite.
import { randomUUID } from 'node:crypto';
import { pictureFile, type ObjectKind, type Objects } from './objects.ts';

/**
 * `anyone`: also without a login. `user`: a login or an API key. `session`: a login. `admin`: a login or an API key of
 * an admin.
 */
export type Access = 'anyone' | 'user' | 'session' | 'admin';

/** Who calls: what an input needs to know of them. */
export interface Caller {
  email: string;
  password: string;
  teamSlug: string;
}

export interface Fixture {
  access: Access;
  /** Which field names what: each is tried with the id of somebody else's. */
  ids: Record<string, ObjectKind>;
  /** The rest of an input that works with the caller's own things. */
  rest?: (caller: Caller) => Record<string, unknown>;
  /** Where it takes no input at all. */
  hasInput?: false;
  /** Where it takes a form: alone, since no batch carries one. */
  isForm?: true;
}

/** A thing that everyone in the team shares: no id of it is a peer's. */
export const sharedInTeam: ReadonlySet<ObjectKind> = new Set(['teamId', 'agentId', 'memberId', 'inviteId']);

const page = { limit: 10 };

export const fixtures: Record<string, Fixture> = {
  'auth.register': {
    access: 'anyone',
    ids: { teamId: 'teamId' },
    rest: () => ({ email: `${randomUUID()}@example.com`, password: 'correct horse battery' }),
  },
  'auth.login': {
    access: 'anyone',
    ids: {},
    rest: ({ email, password, teamSlug }) => ({ email, password, team: teamSlug }),
  },
  'auth.logout': { access: 'anyone', ids: {}, hasInput: false },
  'auth.refresh': { access: 'session', ids: {}, hasInput: false },
  'auth.me': { access: 'user', ids: {}, hasInput: false },
  'auth.changePassword': {
    access: 'session',
    ids: {},
    rest: ({ password }) => ({ currentPassword: password, newPassword: 'another horse battery' }),
  },
  'auth.sessions': { access: 'user', ids: {}, rest: () => page },
  'auth.revokeSession': { access: 'user', ids: { id: 'sessionId' } },

  'apiKey.create': { access: 'session', ids: {}, rest: () => ({ name: 'A key' }) },
  'apiKey.list': { access: 'user', ids: {}, rest: () => page },
  'apiKey.revoke': { access: 'user', ids: { id: 'apiKeyId' } },

  'team.get': { access: 'user', ids: {}, hasInput: false },
  'team.update': { access: 'admin', ids: {}, rest: () => ({ name: 'Another name' }) },
  'team.members': { access: 'user', ids: {}, rest: () => page },
  'team.setRole': { access: 'admin', ids: { userId: 'memberId' }, rest: () => ({ role: 'admin' }) },
  'team.setActive': { access: 'admin', ids: { userId: 'memberId' }, rest: () => ({ isActive: false }) },
  'team.createInvite': { access: 'admin', ids: {}, rest: () => ({ role: 'user' }) },
  'team.listInvites': { access: 'admin', ids: {}, rest: () => page },
  'team.revokeInvite': { access: 'admin', ids: { id: 'inviteId' } },

  'agent.list': { access: 'user', ids: {}, rest: () => page },
  'agent.get': { access: 'user', ids: { id: 'agentId' } },
  'agent.create': {
    access: 'admin',
    ids: {},
    rest: () => ({ name: 'An agent', webhookUrl: 'https://agent.example/webhook' }),
  },
  'agent.update': { access: 'admin', ids: { id: 'agentId' }, rest: () => ({ name: 'Another name' }) },
  'agent.test': { access: 'admin', ids: { id: 'agentId' } },
  'agent.delete': { access: 'admin', ids: { id: 'agentId' } },
  'agent.avatar': { access: 'user', ids: { id: 'agentId' } },
  'agent.setAvatar': {
    access: 'admin',
    ids: { id: 'agentId' },
    rest: () => ({ avatar: pictureFile() }),
    isForm: true,
  },
  'agent.removeAvatar': { access: 'admin', ids: { id: 'agentId' } },

  'chat.list': { access: 'user', ids: {}, rest: () => page },
  'chat.create': { access: 'user', ids: { agentId: 'agentId' } },
  'chat.get': { access: 'user', ids: { id: 'chatId' } },
  'chat.update': { access: 'user', ids: { id: 'chatId' }, rest: () => ({ title: 'Another title' }) },
  'chat.delete': { access: 'user', ids: { id: 'chatId' } },
  'chat.messages': { access: 'user', ids: { chatId: 'chatId' }, rest: () => page },
  'chat.message': { access: 'user', ids: { chatId: 'chatId', messageId: 'messageId' } },
  'chat.send': {
    access: 'user',
    ids: { chatId: 'chatId' },
    rest: () => ({ messageId: randomUUID(), content: 'Hello' }),
  },
  'chat.stream': { access: 'user', ids: { chatId: 'chatId', runId: 'runId' } },
  'chat.retry': { access: 'user', ids: { chatId: 'chatId', runId: 'runId' } },
  'chat.stop': { access: 'user', ids: { chatId: 'chatId' } },
  // Every title and message of those whose things these are begins so.
  'chat.search': { access: 'user', ids: {}, rest: () => ({ query: 'canary' }) },
  'chat.export': { access: 'user', ids: { id: 'chatId' } },

  'admin.errors': { access: 'admin', ids: { agentId: 'agentId' }, rest: () => page },
  'admin.audit': {
    access: 'admin',
    ids: { actorId: 'memberId', targetId: 'agentId' },
    rest: () => page,
  },
  'admin.usage': { access: 'admin', ids: {}, rest: () => ({ by: 'agent' }) },
};

/** An input with these objects' ids. */
export function inputOf(
  fixture: Fixture,
  objects: Objects,
  caller: Caller,
): Record<string, unknown> | FormData | undefined {
  if (fixture.hasInput === false) return undefined;
  const named = Object.entries(fixture.ids).map(([field, kind]) => [field, objects[kind]]);
  const input: Record<string, unknown> = { ...fixture.rest?.(caller), ...Object.fromEntries(named) };
  return fixture.isForm === true ? formOf(input) : input;
}

function formOf(input: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(input)) {
    if (value instanceof Blob) form.set(name, value);
    else form.set(name, String(value));
  }
  return form;
}
