// A request's API key is found by its SHA-256, before the team is known.
import { sql, type Insertable, type Kysely } from 'kysely';
import type { ApiKeys, DB } from '../generated/database.ts';
import type { UserWithTeam } from './users.ts';

/** Each scope includes the ones before. */
export const keyScopes = ['read', 'chat', 'agents', 'admin'] as const;

export type KeyScope = (typeof keyScopes)[number];

export interface ApiKeyRow {
  id: string;
  name: string;
  scope: KeyScope;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

const apiKeyColumns = ['id', 'name', 'scope', 'expiresAt', 'lastUsedAt', 'revokedAt', 'createdAt'] as const;

interface ApiKeyId {
  teamId: string;
  userId: string;
  id: string;
}

export async function insert(
  db: Kysely<DB>,
  key: Pick<Insertable<ApiKeys>, 'teamId' | 'id' | 'userId' | 'name' | 'keyHash' | 'scope' | 'expiresAt'>,
): Promise<ApiKeyRow> {
  return db.insertInto('apiKeys').values(key).returning(apiKeyColumns).executeTakeFirstOrThrow();
}

/** A user's keys, newest first. `beforeId` is the last id of the previous page. */
export async function list(
  db: Kysely<DB>,
  page: { teamId: string; userId: string; beforeId?: string | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  const { teamId, userId, beforeId, limit } = page;
  let query = db
    .selectFrom('apiKeys')
    .select(apiKeyColumns)
    .where('teamId', '=', teamId)
    .where('userId', '=', userId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/**
 * Revokes a user's key. A key that is already revoked keeps its time. Returns undefined if the user has no such key.
 */
export async function revoke(
  db: Kysely<DB>,
  { teamId, userId, id }: ApiKeyId,
): Promise<ApiKeyRow | undefined> {
  return db
    .updateTable('apiKeys')
    .set({ revokedAt: sql<string>`coalesce(revoked_at, now())` })
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning(apiKeyColumns)
    .executeTakeFirst();
}

/** Revokes every key of a user. */
export async function revokeAllOfUser(
  db: Kysely<DB>,
  { teamId, userId }: Pick<ApiKeyId, 'teamId' | 'userId'>,
): Promise<void> {
  await db
    .updateTable('apiKeys')
    .set({ revokedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('revokedAt', 'is', null)
    .execute();
}

/** The user of a key, unless the key is revoked or expired. */
export async function findWithUser(
  db: Kysely<DB>,
  keyHash: string,
): Promise<{ apiKeyId: string; scope: KeyScope; lastUsedAt: string | null; user: UserWithTeam } | undefined> {
  const row = await db
    .selectFrom('apiKeys as k')
    .innerJoin('users as u', (join) => join.onRef('u.teamId', '=', 'k.teamId').onRef('u.id', '=', 'k.userId'))
    .innerJoin('teams as t', 't.id', 'k.teamId')
    .select([
      'k.id as apiKeyId',
      'k.scope',
      'k.lastUsedAt',
      'u.id',
      'u.email',
      'u.displayName',
      'u.role',
      'u.isActive',
      't.id as teamId',
      't.slug as teamSlug',
      't.name as teamName',
    ])
    .where('k.keyHash', '=', keyHash)
    .where('k.revokedAt', 'is', null)
    .where((eb) => eb.or([eb('k.expiresAt', 'is', null), eb('k.expiresAt', '>', eb.fn<string>('now'))]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { apiKeyId, scope, lastUsedAt, ...user } = row;
  return { apiKeyId, scope, lastUsedAt, user };
}

/** Records that a key is used now. */
export async function touch(db: Kysely<DB>, { teamId, id }: { teamId: string; id: string }): Promise<void> {
  await db
    .updateTable('apiKeys')
    .set({ lastUsedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .execute();
}
