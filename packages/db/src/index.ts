// The database: open it, and the types of its rows.
export { open, type OpenOptions } from './open.ts';
export { inspectDatabase, type DatabaseInspection } from './inspect-database.ts';
export type { PoolUsage } from './open-postgres.ts';
export { forTeam } from './for-team.ts';
export type { DB } from './generated/database.ts';
export type { Json, JsonObject } from './json.ts';
export { newId } from './new-id.ts';
export { isDatabaseUnavailable } from './is-database-unavailable.ts';
export { isUniqueViolation } from './unique-violation.ts';

export {
  findTeam,
  findTeamBySlug,
  getTeam,
  hasTeams,
  insertTeam,
  listTeamIds,
  listTeams,
  lockTeam,
  updateTeam,
  type TeamRow,
} from './queries/teams.ts';
export {
  findPasswordHash,
  hasUsers,
  insertUser,
  listAccountsByEmail,
  updateUserPassword,
  type UserWithTeam,
} from './queries/users.ts';
export {
  findMember,
  findMemberByEmail,
  hasOtherAdmin,
  listMembers,
  updateMember,
  type MemberRow,
} from './queries/members.ts';
export {
  findOpenInvite,
  insertInvite,
  listInvites,
  lockInvite,
  revokeInvite,
  useInvite,
  type InviteRow,
} from './queries/invites.ts';
export {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionOfUser,
  deleteSessionsOfUser,
  findSessionWithUser,
  insertSession,
  listSessionsOfUser,
  updateSessionExpiry,
  type SessionRow,
} from './queries/sessions.ts';
export {
  findUserByApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
  touchApiKey,
  type ApiKeyRow,
} from './queries/api-keys.ts';
export {
  deleteAgent,
  findAgent,
  findAgentForRun,
  insertAgent,
  listAgents,
  lockAgent,
  updateAgent,
  updateWebhookOrigin,
  type AgentRow,
} from './queries/agents.ts';
export {
  listChatsToSearch,
  searchMessages,
  type ChatToSearch,
  type FoundMessage,
  type SearchTerms,
} from './queries/search.ts';
export { deleteAvatar, findAvatar, insertOrReplaceAvatar, type AvatarRow } from './queries/agent-avatars.ts';
export {
  deleteChat,
  findChat,
  insertChat,
  listChats,
  updateChat,
  type ChatKey,
  type ChatRow,
} from './queries/chats.ts';
export {
  findMessage,
  listAllMessages,
  listHistory,
  listMessages,
  listMessagesAfter,
  type MessageRole,
  type MessageRow,
  type MessageStatus,
} from './queries/messages.ts';
export {
  endRun,
  extendLeases,
  findNewestRun,
  findRun,
  lockActiveRun,
  lockLapsedRuns,
  type EndedRunState,
  type RunEnding,
  type RunRow,
  type RunState,
  type WrittenRun,
} from './queries/runs.ts';
export {
  findAttempts,
  findSend,
  insertRetry,
  insertSend,
  isMessageIdTaken,
  lockChatForSend,
  type AttemptRow,
  type SendRow,
} from './queries/sends.ts';
export { insertErrorLog, listErrorLogs, type ErrorLogRow } from './queries/error-logs.ts';
export { insertAuditLog, listAuditLog, type AuditRow } from './queries/audit-log.ts';
export { listUsage, type UsageGroup, type UsagePosition, type UsageRow } from './queries/usage.ts';
export {
  encryptedColumns,
  listSecretsToRotate,
  replaceSecret,
  type EncryptedColumn,
} from './queries/secrets.ts';
export { findStaleStreams, type StaleStream, type StreamKey } from './queries/open-streams.ts';
export { pingDatabase } from './queries/ping.ts';
export {
  deleteOldRunEvents,
  insertRunEvents,
  listRunEvents,
  type RunEventsRow,
} from './queries/run-events.ts';
export { listenForRunEvents, type RunEventsListener } from './listen-for-run-events.ts';
