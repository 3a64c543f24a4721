// The log of who changed what. It is append-only.
import { sql, type Insertable, type Kysely } from 'kysely';
import type { AuditLog, DB } from '../generated/database.ts';
import type { JsonObject } from '../json.ts';

export interface AuditRow {
  id: string;
  actorId: string | null;
  action: string;
  targetId: string | null;
  details: JsonObject;
  createdAt: string;
}

export async function insert(
  db: Kysely<DB>,
  entry: Pick<Insertable<AuditLog>, 'teamId' | 'id' | 'actorId' | 'action' | 'targetId' | 'details'>,
): Promise<void> {
  await db.insertInto('auditLog').values(entry).execute();
}

/** Newest first. `beforeId` is the last id of the previous page. */
export async function list(
  db: Kysely<DB>,
  filter: {
    teamId: string;
    actorId?: string | undefined;
    targetId?: string | undefined;
    action?: string | undefined;
    beforeId?: string | undefined;
    limit: number;
  },
): Promise<AuditRow[]> {
  const { teamId, actorId, targetId, action, beforeId, limit } = filter;
  let query = db
    .selectFrom('auditLog')
    .select([
      'id',
      'actorId',
      'action',
      'targetId',
      // `recordAudit` writes objects only.
      sql<JsonObject>`details`.as('details'),
      'createdAt',
    ])
    .where('teamId', '=', teamId);
  if (actorId !== undefined) query = query.where('actorId', '=', actorId);
  if (targetId !== undefined) query = query.where('targetId', '=', targetId);
  if (action !== undefined) query = query.where('action', '=', action);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
