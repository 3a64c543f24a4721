import { sql, type Insertable, type Kysely } from 'kysely';
import type { DB, ErrorLogs } from '../generated/database.ts';

/** The caller redacts: no tokens, no bodies. */
export async function insert(
  db: Kysely<DB>,
  log: Pick<
    Insertable<ErrorLogs>,
    'teamId' | 'id' | 'reason' | 'message' | 'hint' | 'agentId' | 'runId' | 'userId'
  >,
): Promise<void> {
  const { runId, teamId } = log;
  await db
    // The run's chat may be deleted at this moment: the lock waits for that, and finds no run afterwards.
    .with('run', (qb) =>
      qb
        .selectFrom('runs')
        .select('id')
        .where('teamId', '=', teamId)
        .where('id', '=', runId ?? null)
        .forKeyShare(),
    )
    .insertInto('errorLogs')
    .values((eb) => ({ ...log, runId: eb.selectFrom('run').select('id') }))
    .execute();
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

/** Null if the agent was deleted. */
const agentIdOfLog = sql<string | null>`(
  select a.id from agents a where a.team_id = error_logs.team_id and a.id = error_logs.agent_id
)`.as('agentId');

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
    .select(['id', 'reason', 'message', 'hint', agentIdOfLog, 'runId', 'userId', 'createdAt'])
    .where('teamId', '=', teamId);
  if (agentId !== undefined) query = query.where('agentId', '=', agentId);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
