// API keys are found by the SHA-256 of the key, before the team is known.
import { sql, type Insertable, type Kysely } from 'kysely';
import type { ApiKeys, DB } from '../generated/database.ts';
import type { UserWithTeam } from './users.ts';

export interface ApiKeyRow {
  id: string;
  name: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

const apiKeyColumns = [
  'id',
  'name',
  'expires_at as expiresAt',
  'last_used_at as lastUsedAt',
  'revoked_at as revokedAt',
  'created_at as createdAt',
] as const;

interface ApiKeyId {
  teamId: string;
  userId: string;
  id: string;
}

export async function insert(
  db: Kysely<DB>,
  key: Pick<Insertable<ApiKeys>, 'team_id' | 'id' | 'user_id' | 'name' | 'key_hash' | 'expires_at'>,
): Promise<ApiKeyRow> {
  return db.insertInto('api_keys').values(key).returning(apiKeyColumns).executeTakeFirstOrThrow();
}

/** A user's keys, newest first; `beforeId` is the last id of the page before. */
export async function list(
  db: Kysely<DB>,
  page: { teamId: string; userId: string; beforeId?: string | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  const { teamId, userId, beforeId, limit } = page;
  let query = db
    .selectFrom('api_keys')
    .select(apiKeyColumns)
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Revokes a user's key; one that is revoked stays so from when it was. `undefined` where the user has no such key. */
export async function revoke(
  db: Kysely<DB>,
  { teamId, userId, id }: ApiKeyId,
): Promise<ApiKeyRow | undefined> {
  return db
    .updateTable('api_keys')
    .set({ revoked_at: sql<string>`coalesce(revoked_at, now())` })
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning(apiKeyColumns)
    .executeTakeFirst();
}

/** The user whose key this is, unless the key is revoked or expired. */
export async function findWithUser(
  db: Kysely<DB>,
  keyHash: string,
): Promise<{ apiKeyId: string; lastUsedAt: string | null; user: UserWithTeam } | undefined> {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', (join) =>
      join.onRef('u.team_id', '=', 'k.team_id').onRef('u.id', '=', 'k.user_id'),
    )
    .innerJoin('teams as t', 't.id', 'k.team_id')
    .select([
      'k.id as apiKeyId',
      'k.last_used_at as lastUsedAt',
      'u.id',
      'u.email',
      'u.display_name as displayName',
      'u.role',
      'u.is_active as isActive',
      't.id as teamId',
      't.slug as teamSlug',
      't.name as teamName',
    ])
    .where('k.key_hash', '=', keyHash)
    .where('k.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('k.expires_at', 'is', null), eb('k.expires_at', '>', eb.fn<string>('now'))]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { apiKeyId, lastUsedAt, ...user } = row;
  return { apiKeyId, lastUsedAt, user };
}

/** Writes down that a key is used now. */
export async function touch(db: Kysely<DB>, { teamId, id }: { teamId: string; id: string }): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql<string>`now()` })
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .execute();
}
