// API keys are found by the SHA-256 of the key, before the team is known.
import type { Insertable, Kysely } from 'kysely';
import type { ApiKeys, DB } from '../generated/database.ts';
import type { UserWithTeam } from './users.ts';

export async function insertApiKey(
  db: Kysely<DB>,
  key: Pick<Insertable<ApiKeys>, 'team_id' | 'id' | 'user_id' | 'name' | 'key_hash' | 'expires_at'>,
): Promise<void> {
  await db.insertInto('api_keys').values(key).execute();
}

/** The user whose key this is, unless the key is revoked or expired. */
export async function findUserByApiKey(
  db: Kysely<DB>,
  keyHash: string,
): Promise<{ apiKeyId: string; user: UserWithTeam } | undefined> {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', (join) =>
      join.onRef('u.team_id', '=', 'k.team_id').onRef('u.id', '=', 'k.user_id'),
    )
    .innerJoin('teams as t', 't.id', 'k.team_id')
    .select([
      'k.id as apiKeyId',
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
  const { apiKeyId, ...user } = row;
  return { apiKeyId, user };
}
