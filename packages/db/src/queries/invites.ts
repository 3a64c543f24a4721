// Invites are found by the SHA-256 of their token, before the team is known; everything else is done within the team.
import { sql, type Insertable, type Kysely } from 'kysely';
import type { DB, Invites } from '../generated/database.ts';

export interface InviteRow {
  id: string;
  role: 'user' | 'admin';
  createdBy: string | null;
  usedBy: string | null;
  expiresAt: string;
  usedAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

const inviteColumns = [
  'id',
  'role',
  'createdBy',
  'usedBy',
  'expiresAt',
  'usedAt',
  'revokedAt',
  'createdAt',
] as const;

export async function insert(
  db: Kysely<DB>,
  invite: Pick<Insertable<Invites>, 'teamId' | 'id' | 'tokenHash' | 'role' | 'createdBy' | 'expiresAt'>,
): Promise<InviteRow> {
  return db.insertInto('invites').values(invite).returning(inviteColumns).executeTakeFirstOrThrow();
}

/** Newest first; `beforeId` is the last id of the page before. */
export async function list(
  db: Kysely<DB>,
  { teamId, beforeId, limit }: { teamId: string; beforeId?: string | undefined; limit: number },
): Promise<InviteRow[]> {
  let query = db.selectFrom('invites').select(inviteColumns).where('teamId', '=', teamId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Locks an invite until the transaction ends: it is used or revoked, not both. */
export async function lock(
  trx: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<InviteRow | undefined> {
  return trx
    .selectFrom('invites')
    .select(inviteColumns)
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function revoke(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<InviteRow> {
  return db
    .updateTable('invites')
    .set({ revokedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .returning(inviteColumns)
    .executeTakeFirstOrThrow();
}

/** The invite of this token, while it can be used. */
export async function findOpen(
  db: Kysely<DB>,
  tokenHash: string,
): Promise<{ teamId: string; id: string; role: 'user' | 'admin' } | undefined> {
  return db
    .selectFrom('invites')
    .select(['teamId', 'id', 'role'])
    .where('tokenHash', '=', tokenHash)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', (eb) => eb.fn<string>('now'))
    .executeTakeFirst();
}

/**
 * Marks an invite as used, if it still can be. One statement, so that of two who come at once one gets it: the second
 * waits for the first one's transaction, and then finds it used.
 */
export async function markUsed(
  trx: Kysely<DB>,
  { teamId, id, userId }: { teamId: string; id: string; userId: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('invites')
    .set({ usedAt: sql<string>`now()`, usedBy: userId })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', (eb) => eb.fn<string>('now'))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
