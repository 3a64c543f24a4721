// Every mutation has a place here: the shared objects on which it is raced, and how it is called.
import { newId } from '@parley/db';
import type { Turn } from './stage.ts';

export const sharedObjects = ['chat', 'agent', 'user', 'invite', 'apiKey', 'team'] as const;
export type SharedObject = (typeof sharedObjects)[number];

export interface Move {
  /** The procedure: `chat.send`. A query may be raced too. */
  path: string;
  /** Tells two moves of one procedure apart. */
  note?: string;
  on: readonly SharedObject[];
  call: (turn: Turn) => Promise<unknown>;
}

const smallPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function avatarForm(id: string): FormData {
  const form = new FormData();
  form.set('id', id);
  form.set('avatar', new File([smallPng], 'a.png', { type: 'image/png' }));
  return form;
}

const newPassword = (): string => `a new ${newId()}`;
const registration = () => ({ email: `${newId()}@example.com`, password: newPassword() });

export const moves: readonly Move[] = [
  {
    path: 'chat.create',
    on: ['chat', 'agent'],
    call: ({ member, stage: { agentId } }) => member.chat.create({ agentId }),
  },
  {
    path: 'chat.send',
    on: ['chat', 'agent'],
    call: ({ member, stage: { chatId } }) =>
      member.chat.send({ chatId, messageId: newId(), content: 'Hello again' }),
  },
  {
    path: 'chat.retry',
    on: ['chat'],
    call: ({ member, stage: { chatId, runId } }) => member.chat.retry({ chatId, runId }),
  },
  { path: 'chat.stop', on: ['chat'], call: ({ member, stage: { chatId } }) => member.chat.stop({ chatId }) },
  {
    path: 'chat.update',
    on: ['chat'],
    call: ({ member, stage: { chatId: id } }) => member.chat.update({ id, title: 'Renamed' }),
  },
  {
    path: 'chat.delete',
    on: ['chat'],
    call: ({ member, stage: { chatId: id } }) => member.chat.delete({ id }),
  },

  {
    path: 'agent.create',
    on: ['agent'],
    call: ({ admin }) => admin.agent.create({ name: 'Another', webhookUrl: 'http://127.0.0.1:9/' }),
  },
  {
    path: 'agent.update',
    on: ['agent'],
    call: ({ admin, stage: { agentId: id } }) => admin.agent.update({ id, name: 'Renamed' }),
  },
  {
    path: 'agent.update',
    note: 'of auth, limits, answer and visibility',
    on: ['agent'],
    call: ({ admin, stage: { agentId: id } }) =>
      admin.agent.update({
        id,
        ...{ auth: 'header', authHeader: 'X-API-Key', webhookToken: 'a token' },
        ...{ limits: { firstByteTimeoutMs: 60_000, maxTextBytes: 10_000 } },
        ...{ answerField: 'data.reply', answerNodes: ['Writer'] },
        ...{ showSteps: false, showReasoning: false },
      }),
  },
  {
    path: 'agent.update',
    note: 'back to the defaults',
    on: ['agent'],
    call: ({ member, stage: { agentId: id } }) =>
      member.agent.update({
        id,
        auth: 'none',
        limits: { firstByteTimeoutMs: null, maxTextBytes: null },
        ...{ answerField: null, answerNodes: [] },
        ...{ showSteps: true, showReasoning: true },
      }),
  },
  {
    path: 'agent.update',
    note: 'by the member',
    on: ['user'],
    call: ({ member, stage: { agentId: id } }) => member.agent.update({ id, name: 'Renamed' }),
  },
  {
    path: 'agent.delete',
    on: ['agent'],
    call: ({ admin, stage: { agentId: id } }) => admin.agent.delete({ id }),
  },
  {
    path: 'agent.setAvatar',
    on: ['agent'],
    call: ({ admin, stage: { agentId } }) => admin.agent.setAvatar(avatarForm(agentId)),
  },
  {
    path: 'agent.removeAvatar',
    on: ['agent'],
    call: ({ admin, stage: { agentId: id } }) => admin.agent.removeAvatar({ id }),
  },
  {
    path: 'agent.test',
    on: ['agent'],
    call: ({ admin, stage: { agentId: id } }) => admin.agent.test({ id }),
  },

  {
    path: 'auth.login',
    on: ['user'],
    call: ({ callerWith, stage: { team, member } }) =>
      callerWith({}).auth.login({ email: member.email, password: member.password, team: team.slug }),
  },
  {
    path: 'auth.changePassword',
    on: ['user'],
    call: ({ member, stage }) =>
      member.auth.changePassword({ currentPassword: stage.member.password, newPassword: newPassword() }),
  },
  {
    path: 'auth.refresh',
    on: ['user'],
    call: ({ callerWith, stage: { otherSession } }) => callerWith(otherSession).auth.refresh(),
  },
  {
    path: 'auth.logout',
    on: ['user'],
    call: ({ callerWith, stage: { otherSession } }) => callerWith(otherSession).auth.logout(),
  },
  {
    path: 'auth.revokeSession',
    on: ['user'],
    call: ({ member, stage: { otherSession } }) => member.auth.revokeSession({ id: otherSession.idHash }),
  },
  {
    path: 'auth.register',
    note: 'with the invite',
    on: ['invite'],
    call: ({ callerWith, stage: { inviteToken } }) =>
      callerWith({}).auth.register({ ...registration(), inviteToken }),
  },
  {
    path: 'auth.register',
    note: 'in the open team',
    on: ['team'],
    call: ({ callerWith, stage: { team } }) =>
      callerWith({}).auth.register({ ...registration(), teamId: team.id }),
  },

  {
    path: 'apiKey.create',
    on: ['user', 'apiKey'],
    call: ({ callerWith, stage: { otherSession, member } }) =>
      callerWith(otherSession).apiKey.create({ name: 'New', scope: 'chat', password: member.password }),
  },
  {
    path: 'apiKey.revoke',
    on: ['apiKey'],
    call: ({ member, stage: { apiKeyId: id } }) => member.apiKey.revoke({ id }),
  },
  {
    path: 'agent.update',
    note: 'with the API key',
    on: ['apiKey'],
    call: ({ callerWith, stage: { apiKey, agentId: id } }) =>
      callerWith({ authorization: `Bearer ${apiKey}` }).agent.update({ id, name: 'Renamed' }),
  },

  {
    path: 'team.update',
    on: ['team'],
    call: ({ admin }) => admin.team.update({ isRegistrationOpen: false }),
  },
  {
    path: 'team.setRole',
    note: 'of the member, by the admin',
    on: ['user', 'team'],
    call: ({ admin, stage: { member } }) => admin.team.setRole({ userId: member.id, role: 'user' }),
  },
  {
    path: 'team.setRole',
    note: 'of the admin, by the member',
    on: ['user', 'team'],
    call: ({ member, stage: { admin } }) => member.team.setRole({ userId: admin.id, role: 'user' }),
  },
  {
    path: 'team.setActive',
    on: ['user', 'team'],
    call: ({ admin, stage: { member } }) => admin.team.setActive({ userId: member.id, isActive: false }),
  },
  {
    path: 'team.createInvite',
    on: ['user', 'invite', 'team'],
    call: ({ member }) => member.team.createInvite({}),
  },
  {
    path: 'team.revokeInvite',
    on: ['invite', 'team'],
    call: ({ admin, stage: { inviteId: id } }) => admin.team.revokeInvite({ id }),
  },
];

/** The moves on an object in pairs, each also with itself. */
export function pairsOn(object: SharedObject): [Move, Move][] {
  const onObject = moves.filter(({ on }) => on.includes(object));
  return onObject.flatMap((first, index) =>
    onObject.slice(index).map((second): [Move, Move] => [first, second]),
  );
}

export function nameOf({ path, note }: Move): string {
  return note === undefined ? path : `${path} (${note})`;
}
