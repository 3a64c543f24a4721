// The public API of the database: opening it, its queries (one namespace per kind of row), and the types of its rows.
export { open, type OpenOptions } from './open.ts';
export { BackupError, type BackupReason } from './backup/backup-error.ts';
export {
  restoreBackup,
  type RestoreOptions,
  type RestoreStep,
  type RestoreSummary,
} from './backup/restore-backup.ts';
export { writeBackup, type BackupOptions, type BackupSummary } from './backup/write-backup.ts';
export { inspectDatabase, type DatabaseInspection } from './inspect-database.ts';
export { pingDatabase } from './ping-database.ts';
export type { PoolUsage } from './open-postgres.ts';
export { hasEmbeddedDatabase } from './open-pglite.ts';
export { nameOfPostgres } from './explain-postgres-error.ts';
export { hasUnencodedPassword, UNENCODED_PASSWORD } from './postgres-url.ts';
export { startDatabaseClock, type DatabaseClock } from './database-clock.ts';
export { forTeam } from './for-team.ts';
export { withTimeLimit } from './scope.ts';
export type { WriteObserver, WriteRefusal } from './write-refusal.ts';
export { stoppedResponding } from './stopped-responding.ts';
export type { DB } from './generated/database.ts';
export type { Json, JsonObject } from './json.ts';
export { newId } from './new-id.ts';
export { isDatabaseUnavailable } from './is-database-unavailable.ts';
export { isUniqueViolation } from './unique-violation.ts';
export { listenForRunEvents, type RunEventsListener } from './listen-for-run-events.ts';

export * as actors from './queries/actors.ts';
export * as agents from './queries/agents.ts';
export * as apiKeys from './queries/api-keys.ts';
export * as auditLog from './queries/audit-log.ts';
export * as avatars from './queries/avatars.ts';
export * as chats from './queries/chats.ts';
export * as errorLogs from './queries/error-logs.ts';
export * as invites from './queries/invites.ts';
export * as members from './queries/members.ts';
export * as messages from './queries/messages.ts';
export * as rateLimitCounters from './queries/rate-limit-counters.ts';
export * as runEvents from './queries/run-events.ts';
export * as runs from './queries/runs.ts';
export * as search from './queries/search.ts';
export * as secrets from './queries/secrets.ts';
export * as sends from './queries/sends.ts';
export * as sessions from './queries/sessions.ts';
export * as staleStreams from './queries/stale-streams.ts';
export * as teams from './queries/teams.ts';
export * as usage from './queries/usage.ts';
export * as usageDays from './queries/usage-days.ts';
export * as users from './queries/users.ts';

export type { AgentForRun, AgentRow } from './queries/agents.ts';
export { keyScopes, type ApiKeyRow, type KeyScope } from './queries/api-keys.ts';
export type { AuditRow } from './queries/audit-log.ts';
export type { AvatarRow } from './queries/avatars.ts';
export type { ChatKey, ChatRow, ShownChatRow } from './queries/chats.ts';
export type { ErrorLogRow } from './queries/error-logs.ts';
export type { InviteRow } from './queries/invites.ts';
export type { MemberRow } from './queries/members.ts';
export type { MessageRole, MessageRow, MessageStatus } from './queries/messages.ts';
export type { RunEventsRow } from './queries/run-events.ts';
export type { EndedRunState, RunEnding, RunRow, RunState, WrittenRun } from './queries/runs.ts';
export type { ChatToSearch, FoundMessage, SearchTerms } from './queries/search.ts';
export type { EncryptedColumn } from './queries/secrets.ts';
export type { AnswerState, AttemptRow, SendRow } from './queries/sends.ts';
export type { SessionRow } from './queries/sessions.ts';
export type { StaleStream, StreamKey } from './queries/stale-streams.ts';
export type { TeamRow } from './queries/teams.ts';
export type { UsageGroup, UsagePosition, UsageRow } from './queries/usage.ts';
export type { UserWithTeam } from './queries/users.ts';
