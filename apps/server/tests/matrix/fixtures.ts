// The matrix's row for each procedure: its callers, a valid input, and the fields of the input that hold ids. A procedure without a
// row fails the suite.
import { randomUUID } from 'node:crypto';
import { pictureFile, type ObjectKind, type Objects } from './objects.ts';

/**
 * `anyone`: also without a login. `keyless`: the same, but not with an API key. `session`: a login. The others: a login, or
 * an API key with this scope; `agents` and `admin` also require an admin.
 */
export type Access = 'anyone' | 'keyless' | 'session' | 'read' | 'chat' | 'agents' | 'admin';

/** The facts about a caller that inputs depend on. */
export interface Caller {
  email: string;
  password: string;
  teamSlug: string;
}

export interface Fixture {
  access: Access;
  /** The kind of id in each field. The matrix tries each field with foreign ids. */
  ids: Record<string, ObjectKind>;
  /** The other fields of a valid input. */
  rest?: (caller: Caller) => Record<string, unknown>;
  /** False for a procedure without input. */
  hasInput?: false;
  /** For a procedure with a form as its input, which no batch can carry. */
  isForm?: true;
}

/** Objects that belong to the whole team, and so to no single peer. */
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
  'auth.logout': { access: 'keyless', ids: {}, hasInput: false },
  'auth.refresh': { access: 'session', ids: {}, hasInput: false },
  'auth.me': { access: 'read', ids: {}, hasInput: false },
  'auth.changePassword': {
    access: 'session',
    ids: {},
    rest: ({ password }) => ({ currentPassword: password, newPassword: 'another horse battery' }),
  },
  'auth.sessions': { access: 'session', ids: {}, rest: () => page },
  'auth.revokeSession': { access: 'session', ids: { id: 'sessionId' } },

  'apiKey.create': {
    access: 'session',
    ids: {},
    rest: ({ password }) => ({ name: 'A key', scope: 'chat', password }),
  },
  'apiKey.list': { access: 'session', ids: {}, rest: () => page },
  'apiKey.revoke': { access: 'session', ids: { id: 'apiKeyId' } },

  'team.get': { access: 'read', ids: {}, hasInput: false },
  'team.update': { access: 'admin', ids: {}, rest: () => ({ name: 'Another name' }) },
  'team.members': { access: 'read', ids: {}, rest: () => page },
  'team.setRole': { access: 'admin', ids: { userId: 'memberId' }, rest: () => ({ role: 'admin' }) },
  'team.setActive': { access: 'admin', ids: { userId: 'memberId' }, rest: () => ({ isActive: false }) },
  'team.createInvite': { access: 'admin', ids: {}, rest: () => ({ role: 'user' }) },
  'team.listInvites': { access: 'admin', ids: {}, rest: () => page },
  'team.revokeInvite': { access: 'admin', ids: { id: 'inviteId' } },

  'agent.list': { access: 'read', ids: {}, rest: () => page },
  'agent.get': { access: 'read', ids: { id: 'agentId' } },
  'agent.create': {
    access: 'agents',
    ids: {},
    rest: () => ({ name: 'An agent', webhookUrl: 'https://agent.example/webhook' }),
  },
  'agent.update': { access: 'agents', ids: { id: 'agentId' }, rest: () => ({ name: 'Another name' }) },
  'agent.test': { access: 'agents', ids: { id: 'agentId' } },
  'agent.delete': { access: 'agents', ids: { id: 'agentId' } },
  'agent.avatar': { access: 'read', ids: { id: 'agentId' } },
  'agent.setAvatar': {
    access: 'agents',
    ids: { id: 'agentId' },
    rest: () => ({ avatar: pictureFile() }),
    isForm: true,
  },
  'agent.removeAvatar': { access: 'agents', ids: { id: 'agentId' } },

  'chat.list': { access: 'read', ids: {}, rest: () => page },
  'chat.create': { access: 'chat', ids: { agentId: 'agentId' } },
  'chat.get': { access: 'read', ids: { id: 'chatId' } },
  'chat.update': { access: 'chat', ids: { id: 'chatId' }, rest: () => ({ title: 'Another title' }) },
  'chat.delete': { access: 'chat', ids: { id: 'chatId' } },
  'chat.messages': { access: 'read', ids: { chatId: 'chatId' }, rest: () => page },
  'chat.message': { access: 'read', ids: { chatId: 'chatId', messageId: 'messageId' } },
  'chat.send': {
    access: 'chat',
    ids: { chatId: 'chatId' },
    rest: () => ({ messageId: randomUUID(), content: 'Hello' }),
  },
  'chat.run': { access: 'read', ids: { chatId: 'chatId', runId: 'runId' } },
  'chat.stream': { access: 'read', ids: { chatId: 'chatId', runId: 'runId' } },
  'chat.retry': { access: 'chat', ids: { chatId: 'chatId', runId: 'runId' } },
  'chat.stop': { access: 'chat', ids: { chatId: 'chatId' } },
  // The titles and messages of the victims start with this word.
  'chat.search': { access: 'read', ids: {}, rest: () => ({ query: 'canary' }) },
  'chat.export': { access: 'read', ids: { id: 'chatId' } },

  'admin.errors': { access: 'admin', ids: { agentId: 'agentId' }, rest: () => page },
  'admin.audit': {
    access: 'admin',
    ids: { actorId: 'memberId', targetId: 'agentId' },
    rest: () => page,
  },
  'admin.usage': { access: 'admin', ids: {}, rest: () => ({ by: 'agent' }) },
};

/** A valid input with the ids of these objects. */
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
