// One call of every query function that works within a team, for the first of two teams whose rows have the same ids.
import type { Kysely } from 'kysely';
import {
  actors,
  agents,
  apiKeys,
  auditLog,
  avatars,
  chats,
  errorLogs,
  invites,
  members,
  messages,
  runEvents,
  runs,
  search,
  secrets,
  sends,
  sessions,
  teams,
  usage,
  usageDays,
  users,
  type DB,
} from '../../src/index.ts';
import type { TwinTeams } from './twin-teams.ts';

export interface Scenario {
  call: (db: Kysely<DB>, twin: TwinTeams & { newId: string; otherNewId: string }) => Promise<unknown>;
  /** The team that makes the call. Default: the first twin. */
  as?: (twin: TwinTeams) => string;
}

/** Query functions that do not run for a team, each with its caller. */
export const withoutTeam: Record<string, string> = {
  'apiKeys.findWithUser': 'authentication by API key, for all teams',
  'invites.findOpen': 'registration with an invite, for all teams',
  'runEvents.notifyListener': 'a test of the connection that listens, for all teams',
  'rateLimitCounters.add': 'counters of rate limits belong to no team',
  'rateLimitCounters.find': 'counters of rate limits belong to no team',
  'rateLimitCounters.delete': 'counters of rate limits belong to no team',
  'rateLimitCounters.deleteExpired': 'a clean-up for all teams',
  'sessions.findWithUser': 'authentication by session, for all teams',
  'sessions.insert': 'a login',
  'sessions.updateExpiry': 'authentication by session',
  'sessions.delete': 'a login that replaces the session of its browser',
  'sessions.deleteExpired': 'a clean-up for all teams',
  'users.listByEmail': 'a login',
  'apiKeys.touch': 'authentication by API key',
  'staleStreams.list': 'an instance, for all of its open streams',
  'teams.insert': 'an operator',
  'teams.listIds': 'an operator',
  'teams.list': 'an operator',
  'teams.hasAny': 'the first start',
  'teams.findBySlug': 'the first start',
  'runEvents.insert': 'the journal of an instance, for all teams',
  'runEvents.deleteOld': 'a clean-up for all teams',
  'runs.extendLeases': 'an instance, for all of its runs',
  'runs.lockLapsed': 'recovery, for all teams',
  'usageDays.listTeamsBehind': 'an instance, for all teams',
};

/** Exports of the query files that send no statement. */
export const notQueries = ['sends.isMessageIdTaken'];

const page = { limit: 10 };
const terms = { included: ['e'], excluded: [] };
const column = 'webhookTokenEncrypted';
const from = new Date('2020-01-01');
const to = new Date('2040-01-01');

export const scenarios: Record<string, Scenario | Scenario['call']> = {
  'actors.lockWithSession': (db, { teamId, userId, sessionIdHash }) =>
    actors.lockWithSession(db, { teamId, userId, sessionIdHash }),
  'actors.lockWithApiKey': (db, { teamId, userId, apiKeyId }) =>
    actors.lockWithApiKey(db, { teamId, userId, apiKeyId }),

  'agents.insert': (db, { teamId, newId }) =>
    agents.insert(db, { teamId, id: newId, name: 'New', webhookUrl: 'http://localhost' }),
  'agents.find': (db, { teamId, agentId }) => agents.find(db, { teamId, id: agentId }),
  'agents.lock': (db, { teamId, agentId }) => agents.lock(db, { teamId, id: agentId }),
  'agents.list': (db, { teamId }) => agents.list(db, { teamId, maxBytes: 1_000, ...page }),
  'agents.update': (db, { teamId, agentId }) =>
    agents.update(db, { teamId, id: agentId }, { name: 'Renamed' }),
  'agents.delete': (db, { teamId, agentId }) => agents.delete(db, { teamId, id: agentId }),
  'agents.findForRun': (db, { teamId, agentId }) => agents.findForRun(db, { teamId, id: agentId }),
  'agents.updateWebhookOrigin': (db, { teamId }) =>
    agents.updateWebhookOrigin(db, { teamId, path: '/demo', origin: 'http://127.0.0.1:2' }),

  'avatars.find': (db, { teamId, agentId }) => avatars.find(db, { teamId, agentId }),
  'avatars.upsert': (db, { teamId, agentId }) =>
    avatars.upsert(db, {
      ...{ teamId, agentId, contentType: 'image/webp', bytes: Buffer.from('new'), etag: 'new' },
    }),
  'avatars.delete': (db, { teamId, agentId }) => avatars.delete(db, { teamId, agentId }),

  'apiKeys.insert': (db, { teamId, userId, newId }) =>
    apiKeys.insert(db, { teamId, id: newId, userId, name: 'New', keyHash: 'new', scope: 'chat' }),
  'apiKeys.revokeAllOfUser': (db, { teamId, userId }) => apiKeys.revokeAllOfUser(db, { teamId, userId }),
  'apiKeys.list': (db, { teamId, userId }) => apiKeys.list(db, { teamId, userId, ...page }),
  'apiKeys.revoke': (db, { teamId, userId, apiKeyId }) =>
    apiKeys.revoke(db, { teamId, userId, id: apiKeyId }),

  'auditLog.insert': (db, { teamId, newId }) =>
    auditLog.insert(db, { teamId, id: newId, action: 'test', details: '{}' }),
  'auditLog.list': (db, { teamId }) => auditLog.list(db, { teamId, ...page }),

  'chats.insert': (db, { teamId, userId, agentId, newId }) =>
    chats.insert(db, { teamId, id: newId, userId, agentId, title: 'New' }),
  'chats.find': (db, { teamId, userId, chatId }) => chats.find(db, { teamId, userId, id: chatId }),
  'chats.list': (db, { teamId, userId }) => chats.list(db, { teamId, userId, isArchived: false, ...page }),
  'chats.update': (db, { teamId, userId, chatId }) =>
    chats.update(db, { teamId, userId, id: chatId }, { title: 'Renamed' }),
  'chats.lock': (db, { teamId, userId, chatId }) => chats.lock(db, { teamId, userId, id: chatId }),
  'chats.delete': (db, { teamId, userId, chatId }) => chats.delete(db, { teamId, userId, id: chatId }),

  'errorLogs.insert': (db, { teamId, runId, newId }) =>
    errorLogs.insert(db, { teamId, id: newId, reason: 'AGENT_ERROR', message: 'New', runId }),
  'errorLogs.list': (db, { teamId }) => errorLogs.list(db, { teamId, ...page }),

  'invites.insert': (db, { teamId, newId }) =>
    invites.insert(db, { teamId, id: newId, tokenHash: 'new', expiresAt: to.toISOString() }),
  'invites.list': (db, { teamId }) => invites.list(db, { teamId, ...page }),
  'invites.lock': (db, { teamId, inviteId }) => invites.lock(db, { teamId, id: inviteId }),
  'invites.revoke': (db, { teamId, inviteId }) => invites.revoke(db, { teamId, id: inviteId }),
  'invites.markUsed': (db, { teamId, inviteId, userId }) =>
    invites.markUsed(db, { teamId, id: inviteId, userId }),

  'members.list': (db, { teamId }) => members.list(db, { teamId, ...page }),
  'members.find': (db, { teamId, userId }) => members.find(db, { teamId, id: userId }),
  // Only the other team has this member.
  'members.findByEmail': (db, { teamId }) => members.findByEmail(db, { teamId, email: 'eve@example.com' }),
  'members.update': (db, { teamId, userId }) => members.update(db, { teamId, id: userId }, { role: 'admin' }),
  // Only the other team has another admin.
  'members.hasOtherAdmin': (db, { teamId, userId }) => members.hasOtherAdmin(db, { teamId, id: userId }),

  'messages.find': (db, { teamId, assistantMessageId: id }) => messages.find(db, { teamId, id }),
  'messages.list': (db, { teamId, chatId }) =>
    messages.list(db, { teamId, chatId, includeSuperseded: true, maxBytes: 1_000, ...page }),
  'messages.listAfter': (db, { teamId, chatId }) =>
    // With the rows of both teams, fewer messages would reach this size.
    messages.listAfter(db, { teamId, chatId, afterSeq: 0, maxBytes: 6, ...page }),
  'search.listChats': (db, { teamId, userId }) =>
    search.listChats(db, { teamId, userId, terms, maxMessages: 100, ...page }),
  'search.listMessages': (db, { teamId, userId, chatId }) =>
    search.listMessages(db, { teamId, userId, terms, chatIds: [chatId], ...page }),
  'messages.listHistory': (db, { teamId, chatId }) =>
    messages.listHistory(db, { teamId, chatId, upToSeq: 2, maxMessages: 10, maxBytes: 1000 }),

  'runEvents.list': (db, { teamId, runId }) => runEvents.list(db, { teamId, runId, afterSeq: 0 }),

  'runs.find': (db, { teamId, chatId, runId }) => runs.find(db, { teamId, chatId, id: runId }),
  'runs.findNewest': (db, { teamId, quietChatId: chatId }) => runs.findNewest(db, { teamId, chatId }),
  'runs.end': (db, { teamId, runId, instanceId }) =>
    runs.end(db, {
      ...{ teamId, runId, instanceId, state: 'succeeded', content: 'Ended', error: null },
      ...{ parts: [{ id: 'r1', type: 'reasoning', text: 'Ended' }], events: [], lastSeq: 9 },
    }),
  'runs.lockActive': (db, { teamId, quietChatId: chatId }) => runs.lockActive(db, { teamId, chatId }),

  'sends.getAnswerState': (db, { teamId, quietChatId: chatId }) =>
    sends.getAnswerState(db, { teamId, chatId }),
  'sends.findWithAnswerState': (db, { teamId, quietChatId: chatId, userMessageId: messageId }) =>
    sends.findWithAnswerState(db, { teamId, chatId, messageId }),
  'sends.findAttempts': (db, { teamId, failedChatId: chatId, failedRunId: runId }) =>
    sends.findAttempts(db, { teamId, chatId, runId }),
  'sends.insert': (db, { teamId, userId, agentId, failedChatId: chatId, instanceId, newId, otherNewId }) =>
    sends.insert(db, {
      ...{ teamId, userId, agentId, chatId, messageId: newId, content: 'New', runId: newId },
      ...{ assistantMessageId: otherNewId, lastSeq: 2, instanceId, leaseMs: 1000 },
    }),
  'sends.insertRetry': async (db, twin) => {
    const { teamId, userId, agentId, failedChatId: chatId, failedRunId: runId, instanceId } = twin;
    const attempts = await sends.findAttempts(db, { teamId, chatId, runId });
    if (attempts === undefined) throw new Error('the twin has this run');
    await sends.insertRetry(db, {
      // The other team already has the next attempt.
      ...{ teamId, userId, agentId, earlier: { ...attempts.run, attempt: 5 }, runId: twin.newId },
      ...{ assistantMessageId: twin.otherNewId, lastSeq: 2, instanceId, leaseMs: 1000 },
    });
  },

  'secrets.listToRotate': (db, { teamId }) =>
    secrets.listToRotate(db, { teamId, column }, { ...page, prefix: Buffer.from('new') }),
  'secrets.replace': (db, { teamId, agentId: id }) =>
    secrets.replace(db, { teamId, id, column, from: Buffer.from('sealed'), to: Buffer.from('new') }),

  'sessions.listOfUser': (db, { teamId, userId }) => sessions.listOfUser(db, { teamId, userId, ...page }),
  'sessions.deleteOfUser': (db, { teamId, userId, sessionIdHash: idHash }) =>
    sessions.deleteOfUser(db, { teamId, userId, idHash }),
  'sessions.deleteAllOfUser': (db, { teamId, userId }) => sessions.deleteAllOfUser(db, { teamId, userId }),

  'teams.find': (db, { teamId }) => teams.find(db, teamId),
  'teams.get': (db, { teamId }) => teams.get(db, teamId),
  'teams.lock': (db, { teamId }) => teams.lock(db, teamId),
  'teams.update': (db, { teamId }) => teams.update(db, teamId, { name: 'Renamed' }),

  'usage.list by day': (db, { teamId }) => usage.list(db, { teamId, by: 'day', from, to, ...page }),
  'usage.list by agent': (db, { teamId }) => usage.list(db, { teamId, by: 'agent', from, to, ...page }),
  'usage.list by user': (db, { teamId }) => usage.list(db, { teamId, by: 'user', from, to, ...page }),

  'usageDays.rollUpDay': (db, { teamId }) => usageDays.rollUpDay(db, teamId),

  'users.insert': (db, { teamId, newId }) =>
    users.insert(db, {
      ...{ teamId, id: newId, email: 'new@example.com', displayName: 'New' },
      ...{ role: 'user', passwordHash: '-' },
    }),
  'users.hasAny': {
    as: ({ emptyTeamId }) => emptyTeamId,
    call: (db: Kysely<DB>, { teamId }: TwinTeams) => users.hasAny(db, teamId),
  },
  'users.findPasswordHash': (db, { teamId, userId }) => users.findPasswordHash(db, { teamId, id: userId }),
  // Only the other team's user has this hash.
  'users.updatePassword': (db, { teamId, userId }) =>
    users.updatePassword(db, { teamId, id: userId, fromHash: '- of south', passwordHash: 'new' }),
  'users.lockWithPassword': (db, { teamId, userId }) =>
    users.lockWithPassword(db, { teamId, id: userId, passwordHash: '- of south' }),
};
