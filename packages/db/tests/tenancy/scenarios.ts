// One call of every query function that works within a team, as the first of two teams that have the same ids.
import type { Kysely } from 'kysely';
import type { DB } from '../../src/index.ts';
import * as agentAvatars from '../../src/queries/agent-avatars.ts';
import * as agents from '../../src/queries/agents.ts';
import * as apiKeys from '../../src/queries/api-keys.ts';
import * as auditLog from '../../src/queries/audit-log.ts';
import * as chats from '../../src/queries/chats.ts';
import * as errorLogs from '../../src/queries/error-logs.ts';
import * as invites from '../../src/queries/invites.ts';
import * as members from '../../src/queries/members.ts';
import * as messages from '../../src/queries/messages.ts';
import * as runEvents from '../../src/queries/run-events.ts';
import * as runs from '../../src/queries/runs.ts';
import * as search from '../../src/queries/search.ts';
import * as secrets from '../../src/queries/secrets.ts';
import * as sends from '../../src/queries/sends.ts';
import * as sessions from '../../src/queries/sessions.ts';
import * as teams from '../../src/queries/teams.ts';
import * as usage from '../../src/queries/usage.ts';
import * as users from '../../src/queries/users.ts';
import type { TwinTeams } from './twin-teams.ts';

export interface Scenario {
  call: (db: Kysely<DB>, twin: TwinTeams & { newId: string; otherNewId: string }) => Promise<unknown>;
  /** Whose team it is called for. Default: the first twin's. */
  as?: (twin: TwinTeams) => string;
}

/** For functions that are not asked by a team: they have no team to forget. Each with who calls them instead. */
export const ofNoTeam: Record<string, string> = {
  findUserByApiKey: 'who comes with a key, of whatever team',
  findOpenInvite: 'who comes with an invite, of whatever team',
  findSessionWithUser: 'who comes with a session, of whatever team',
  insertSession: 'a login',
  updateSessionExpiry: 'who comes with a session',
  deleteSession: 'who comes with a session',
  deleteExpiredSessions: 'a clean-up for all teams',
  listAccountsByEmail: 'a login',
  touchApiKey: 'who comes with a key',
  findStaleStreams: 'an instance, for all of the streams that are open',
  insertTeam: 'an operator',
  listTeamIds: 'an operator',
  listTeams: 'an operator',
  hasTeams: 'the first start',
  findTeamBySlug: 'the first start',
  pingDatabase: 'the readiness check',
  insertRunEvents: 'the journal of an instance, for all teams',
  deleteOldRunEvents: 'a clean-up for all teams',
  extendLeases: 'an instance, for all of its runs',
  lockLapsedRuns: 'recovery, for all teams',
};

/** Exports of the query files that ask nothing of the database. */
export const noQueries = ['leaseEnd', 'isMessageIdTaken'];

const page = { limit: 10 };
const terms = { included: ['e'], excluded: [] };
const column = 'webhook_token_encrypted';
const from = new Date('2020-01-01');
const to = new Date('2040-01-01');

export const scenarios: Record<string, Scenario | Scenario['call']> = {
  insertAgent: (db, { teamId, newId }) =>
    agents.insertAgent(db, { team_id: teamId, id: newId, name: 'New', webhook_url: 'http://localhost' }),
  findAgent: (db, { teamId, agentId }) => agents.findAgent(db, { teamId, id: agentId }),
  lockAgent: (db, { teamId, agentId }) => agents.lockAgent(db, { teamId, id: agentId }),
  listAgents: (db, { teamId }) => agents.listAgents(db, { teamId, ...page }),
  updateAgent: (db, { teamId, agentId }) =>
    agents.updateAgent(db, { teamId, id: agentId }, { name: 'Renamed' }),
  deleteAgent: (db, { teamId, agentId }) => agents.deleteAgent(db, { teamId, id: agentId }),
  findAgentForRun: (db, { teamId, agentId }) => agents.findAgentForRun(db, { teamId, id: agentId }),
  updateWebhookOrigin: (db, { teamId }) =>
    agents.updateWebhookOrigin(db, { teamId, path: '/demo', origin: 'http://127.0.0.1:2' }),

  findAvatar: (db, { teamId, agentId }) => agentAvatars.findAvatar(db, { teamId, agentId }),
  insertOrReplaceAvatar: (db, { teamId, agentId }) =>
    agentAvatars.insertOrReplaceAvatar(db, {
      ...{ teamId, agentId, contentType: 'image/webp', bytes: Buffer.from('new'), etag: 'new' },
    }),
  deleteAvatar: (db, { teamId, agentId }) => agentAvatars.deleteAvatar(db, { teamId, agentId }),

  insertApiKey: (db, { teamId, userId, newId }) =>
    apiKeys.insertApiKey(db, { team_id: teamId, id: newId, user_id: userId, name: 'New', key_hash: 'new' }),
  listApiKeys: (db, { teamId, userId }) => apiKeys.listApiKeys(db, { teamId, userId, ...page }),
  revokeApiKey: (db, { teamId, userId, apiKeyId }) =>
    apiKeys.revokeApiKey(db, { teamId, userId, id: apiKeyId }),

  insertAuditLog: (db, { teamId, newId }) =>
    auditLog.insertAuditLog(db, { team_id: teamId, id: newId, action: 'test', details: '{}' }),
  listAuditLog: (db, { teamId }) => auditLog.listAuditLog(db, { teamId, ...page }),

  insertChat: (db, { teamId, userId, agentId, newId }) =>
    chats.insertChat(db, { team_id: teamId, id: newId, user_id: userId, agent_id: agentId, title: 'New' }),
  findChat: (db, { teamId, userId, chatId }) => chats.findChat(db, { teamId, userId, id: chatId }),
  listChats: (db, { teamId, userId }) => chats.listChats(db, { teamId, userId, isArchived: false, ...page }),
  updateChat: (db, { teamId, userId, chatId }) =>
    chats.updateChat(db, { teamId, userId, id: chatId }, { title: 'Renamed' }),
  deleteChat: (db, { teamId, userId, chatId }) => chats.deleteChat(db, { teamId, userId, id: chatId }),

  insertErrorLog: (db, { teamId, newId }) =>
    errorLogs.insertErrorLog(db, { team_id: teamId, id: newId, reason: 'AGENT_ERROR', message: 'New' }),
  listErrorLogs: (db, { teamId }) => errorLogs.listErrorLogs(db, { teamId, ...page }),

  insertInvite: (db, { teamId, newId }) =>
    invites.insertInvite(db, { team_id: teamId, id: newId, token_hash: 'new', expires_at: to.toISOString() }),
  listInvites: (db, { teamId }) => invites.listInvites(db, { teamId, ...page }),
  lockInvite: (db, { teamId, inviteId }) => invites.lockInvite(db, { teamId, id: inviteId }),
  revokeInvite: (db, { teamId, inviteId }) => invites.revokeInvite(db, { teamId, id: inviteId }),
  useInvite: (db, { teamId, inviteId, userId }) => invites.useInvite(db, { teamId, id: inviteId, userId }),

  listMembers: (db, { teamId }) => members.listMembers(db, { teamId, ...page }),
  findMember: (db, { teamId, userId }) => members.findMember(db, { teamId, id: userId }),
  // Only the other team has her.
  findMemberByEmail: (db, { teamId }) => members.findMemberByEmail(db, { teamId, email: 'eve@example.com' }),
  updateMember: (db, { teamId, userId }) =>
    members.updateMember(db, { teamId, id: userId }, { role: 'admin' }),
  // Only the other team has another admin.
  hasOtherAdmin: (db, { teamId, userId }) => members.hasOtherAdmin(db, { teamId, id: userId }),

  findMessage: (db, { teamId, assistantMessageId: id }) => messages.findMessage(db, { teamId, id }),
  listAllMessages: (db, { teamId, chatId }) => messages.listAllMessages(db, { teamId, chatId }),
  listMessages: (db, { teamId, chatId }) =>
    messages.listMessages(db, { teamId, chatId, includeSuperseded: true, ...page }),
  listMessagesAfter: (db, { teamId, chatId }) =>
    // Of two teams together, fewer messages would be as long as this.
    messages.listMessagesAfter(db, { teamId, chatId, afterSeq: 0, maxBytes: 6, ...page }),
  listChatsToSearch: (db, { teamId, userId }) =>
    search.listChatsToSearch(db, { teamId, userId, terms, maxMessages: 100, ...page }),
  searchMessages: (db, { teamId, userId, chatId }) =>
    search.searchMessages(db, { teamId, userId, terms, chatIds: [chatId], ...page }),
  listHistory: (db, { teamId, chatId }) =>
    messages.listHistory(db, { teamId, chatId, upToSeq: 2, maxMessages: 10, maxBytes: 1000 }),

  listRunEvents: (db, { teamId, runId }) => runEvents.listRunEvents(db, { teamId, runId, afterSeq: 0 }),

  findRun: (db, { teamId, chatId, runId }) => runs.findRun(db, { teamId, chatId, id: runId }),
  findNewestRun: (db, { teamId, quietChatId: chatId }) => runs.findNewestRun(db, { teamId, chatId }),
  endRun: (db, { teamId, runId, instanceId }) =>
    runs.endRun(db, {
      ...{ teamId, runId, instanceId, state: 'succeeded', content: 'Ended', error: null },
      ...{ events: [], lastSeq: 9 },
    }),
  lockActiveRun: (db, { teamId, quietChatId: chatId }) => runs.lockActiveRun(db, { teamId, chatId }),

  lockChatForSend: (db, { teamId, userId, quietChatId: id }) =>
    sends.lockChatForSend(db, { teamId, userId, id }),
  findSend: (db, { teamId, userMessageId: messageId }) => sends.findSend(db, { teamId, messageId }),
  findAttempts: (db, { teamId, failedChatId: chatId, failedRunId: runId }) =>
    sends.findAttempts(db, { teamId, chatId, runId }),
  insertSend: (db, { teamId, userId, agentId, failedChatId: chatId, instanceId, newId, otherNewId }) =>
    sends.insertSend(db, {
      ...{ teamId, userId, agentId, chatId, messageId: newId, content: 'New', runId: newId },
      ...{ assistantMessageId: otherNewId, lastSeq: 2, instanceId, leaseMs: 1000 },
    }),
  insertRetry: async (db, twin) => {
    const { teamId, userId, agentId, failedChatId: chatId, failedRunId: runId, instanceId } = twin;
    const attempts = await sends.findAttempts(db, { teamId, chatId, runId });
    if (attempts === undefined) throw new Error('the twin has this run');
    await sends.insertRetry(db, {
      // The other team has an attempt after this one already.
      ...{ teamId, userId, agentId, earlier: { ...attempts.run, attempt: 5 }, runId: twin.newId },
      ...{ assistantMessageId: twin.otherNewId, lastSeq: 2, instanceId, leaseMs: 1000 },
    });
  },

  listSecretsToRotate: (db, { teamId }) =>
    secrets.listSecretsToRotate(db, { teamId, column }, { ...page, prefix: Buffer.from('new') }),
  replaceSecret: (db, { teamId, agentId: id }) =>
    secrets.replaceSecret(db, { teamId, id, column, from: Buffer.from('sealed'), to: Buffer.from('new') }),

  listSessionsOfUser: (db, { teamId, userId }) =>
    sessions.listSessionsOfUser(db, { teamId, userId, ...page }),
  deleteSessionOfUser: (db, { teamId, userId, sessionIdHash: idHash }) =>
    sessions.deleteSessionOfUser(db, { teamId, userId, idHash }),
  deleteSessionsOfUser: (db, { teamId, userId }) => sessions.deleteSessionsOfUser(db, { teamId, userId }),

  findTeam: (db, { teamId }) => teams.findTeam(db, teamId),
  getTeam: (db, { teamId }) => teams.getTeam(db, teamId),
  lockTeam: (db, { teamId }) => teams.lockTeam(db, teamId),
  updateTeam: (db, { teamId }) => teams.updateTeam(db, teamId, { name: 'Renamed' }),

  'listUsage by day': (db, { teamId }) => usage.listUsage(db, { teamId, by: 'day', from, to, ...page }),
  'listUsage by agent': (db, { teamId }) => usage.listUsage(db, { teamId, by: 'agent', from, to, ...page }),
  'listUsage by user': (db, { teamId }) => usage.listUsage(db, { teamId, by: 'user', from, to, ...page }),

  insertUser: (db, { teamId, newId }) =>
    users.insertUser(db, {
      ...{ team_id: teamId, id: newId, email: 'new@example.com', display_name: 'New' },
      ...{ role: 'user', password_hash: '-' },
    }),
  hasUsers: {
    as: ({ emptyTeamId }) => emptyTeamId,
    call: (db: Kysely<DB>, { teamId }: TwinTeams) => users.hasUsers(db, teamId),
  },
  findPasswordHash: (db, { teamId, userId }) => users.findPasswordHash(db, { teamId, id: userId }),
  updateUserPassword: (db, { teamId, userId }) =>
    users.updateUserPassword(db, { teamId, id: userId, passwordHash: 'new' }),
};
