import type { Insertable, Kysely } from 'kysely';
import type { DB, ErrorLogs } from '../generated/database.ts';

/** The caller redacts: no tokens, no bodies. */
export async function insert(
  db: Kysely<DB>,
  log: Pick<
    Insertable<ErrorLogs>,
    'teamId' | 'id' | 'reason' | 'message' | 'hint' | 'agentId' | 'runId' | 'userId'
  >,
): Promise<void> {
  await db.insertInto('errorLogs').values(log).execute();
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

/** Newest first. `beforeId` is the last id of the previous page. */
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
    .selectFrom('errorLogs')
    .select(['id', 'reason', 'message', 'hint', 'agentId', 'runId', 'userId', 'createdAt'])
    .where('teamId', '=', teamId);
  if (agentId !== undefined) query = query.where('agentId', '=', agentId);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
