// The rights of a request are read before its transaction begins. A change that depends on them locks them first.
import { actors, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { adminRequired, invalidApiKey, sessionExpired } from '../errors.ts';
import type { Authentication } from './credential.ts';

/**
 * Locks the caller's user and credential until the transaction ends. Neither a password change, a logout, a revocation
 * nor a change of the user's role or state can come in between. Lock the team before and all other rows after this.
 * @throws DomainError SESSION_EXPIRED or INVALID_API_KEY if the user or the credential is no longer valid
 */
export async function lockActor(
  trx: Kysely<DB>,
  { user, credential }: Authentication,
): Promise<{ role: 'user' | 'admin' }> {
  const key = { teamId: user.teamId, userId: user.id };
  if (credential.type === 'session') {
    const actor = await actors.lockWithSession(trx, { ...key, sessionIdHash: credential.sessionIdHash });
    if (actor === undefined) throw sessionExpired();
    return actor;
  }
  const actor = await actors.lockWithApiKey(trx, { ...key, apiKeyId: credential.apiKeyId });
  if (actor === undefined) throw invalidApiKey();
  return actor;
}

/** The same for a caller who must still be an admin. @throws DomainError ADMIN_REQUIRED as well */
export async function lockAdmin(trx: Kysely<DB>, actor: Authentication): Promise<void> {
  const { role } = await lockActor(trx, actor);
  if (role !== 'admin') throw adminRequired();
}
