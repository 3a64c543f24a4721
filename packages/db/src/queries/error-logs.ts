import type { Insertable, Kysely } from 'kysely';
import type { DB, ErrorLogs } from '../generated/database.ts';

/** Redaction is the caller's: no tokens, no bodies. */
export async function insert(
  db: Kysely<DB>,
  log: Pick<
    Insertable<ErrorLogs>,
    'team_id' | 'id' | 'reason' | 'message' | 'hint' | 'agent_id' | 'run_id' | 'user_id'
  >,
): Promise<void> {
  await db.insertInto('error_logs').values(log).execute();
}

export interface ErrorLogRow {
  id: string;
  reason: string;
  message: string;
  hint: string | null;
  agentId: string | null;
  runId: string | null;
  userId: string | null;
  createdAt: string;
}

/** Newest first; `beforeId` is the last id of the page before. */
export async function list(
  db: Kysely<DB>,
  filter: {
    teamId: string;
    agentId?: string | undefined;
    reason?: string | undefined;
    beforeId?: string | undefined;
    limit: number;
  },
): Promise<ErrorLogRow[]> {
  const { teamId, agentId, reason, beforeId, limit } = filter;
  let query = db
    .selectFrom('error_logs')
    .select([
      'id',
      'reason',
      'message',
      'hint',
      'agent_id as agentId',
      'run_id as runId',
      'user_id as userId',
      'created_at as createdAt',
    ])
    .where('team_id', '=', teamId);
  if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
