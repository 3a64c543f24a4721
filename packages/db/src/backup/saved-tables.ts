import { toSnakeCase } from '../column-names.ts';
import type { DB } from '../generated/database.ts';

/**
 * Whether a backup contains the table. The type demands an entry for every table of the schema. Rate limits are left
 * out, because they expire within minutes.
 */
const isSaved: Record<keyof DB, boolean> = {
  agentAvatars: true,
  agents: true,
  apiKeys: true,
  auditLog: true,
  chats: true,
  errorLogs: true,
  invites: true,
  messages: true,
  rateLimits: false,
  runEvents: true,
  runs: true,
  schemaMigrations: true,
  sessions: true,
  teams: true,
  usageDays: true,
  users: true,
};

/** Names of all tables of Parley, as the database spells them. */
export const parleyTables: readonly string[] = Object.keys(isSaved).map(toSnakeCase);

export const savedTables: readonly string[] = Object.entries(isSaved).flatMap(([name, saved]) =>
  saved ? [toSnakeCase(name)] : [],
);
