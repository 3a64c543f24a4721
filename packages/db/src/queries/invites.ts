// An invite is found by the SHA-256 of its token, before the team is known. All other queries name the team.
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

/** Newest first. `beforeId` is the last id of the previous page. */
export async function list(
  db: Kysely<DB>,
  { teamId, beforeId, limit }: { teamId: string; beforeId?: string | undefined; limit: number },
): Promise<InviteRow[]> {
  let query = db.selectFrom('invites').select(inviteColumns).where('teamId', '=', teamId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Locks an invite until the transaction ends, so that it is either used or revoked. */
export async function lock(
  trx: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<InviteRow | undefined> {
  return trx
    .selectFrom('invites')
    .select(inviteColumns)
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .forNoKeyUpdate()
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

/** The invite with this token, if it can still be used. */
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
 * Marks an invite as used, if it still can be used. In a single statement, so that only one of two concurrent requests
 * succeeds: the second waits for the first one's transaction, and then finds the invite used.
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
