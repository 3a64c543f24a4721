// The user who acts in a transaction, with the credential of the request.
import type { Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

interface ActorKey {
  teamId: string;
  userId: string;
}

/**
 * Locks an active user and a live session of theirs until the transaction ends, so that no other
 * transaction changes the user or ends the session. Returns undefined if one of them is no longer valid.
 */
export async function lockWithSession(
  trx: Kysely<DB>,
  { teamId, userId, sessionIdHash }: ActorKey & { sessionIdHash: string },
): Promise<{ role: 'user' | 'admin' } | undefined> {
  return trx
    .selectFrom('users as u')
    .innerJoin('sessions as s', (join) =>
      join.onRef('s.teamId', '=', 'u.teamId').onRef('s.userId', '=', 'u.id'),
    )
    .select('u.role')
    .where('u.teamId', '=', teamId)
    .where('u.id', '=', userId)
    .where('u.isActive', '=', true)
    .where('s.id', '=', sessionIdHash)
    .where('s.expiresAt', '>', (eb) => eb.fn<string>('now'))
    .forShare(['u', 's'])
    .executeTakeFirst();
}

/** The same with an API key, which no other transaction revokes meanwhile. */
export async function lockWithApiKey(
  trx: Kysely<DB>,
  { teamId, userId, apiKeyId }: ActorKey & { apiKeyId: string },
): Promise<{ role: 'user' | 'admin' } | undefined> {
  return trx
    .selectFrom('users as u')
    .innerJoin('apiKeys as k', (join) =>
      join.onRef('k.teamId', '=', 'u.teamId').onRef('k.userId', '=', 'u.id'),
    )
    .select('u.role')
    .where('u.teamId', '=', teamId)
    .where('u.id', '=', userId)
    .where('u.isActive', '=', true)
    .where('k.id', '=', apiKeyId)
    .where('k.revokedAt', 'is', null)
    .where((eb) => eb.or([eb('k.expiresAt', 'is', null), eb('k.expiresAt', '>', eb.fn<string>('now'))]))
    .forShare(['u', 'k'])
    .executeTakeFirst();
}
