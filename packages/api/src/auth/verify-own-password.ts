import { users } from '@parley/db';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Authentication } from './credential.ts';

/**
 * Verifies the caller's password. Returns its hash, so that a transaction can check that it is still current.
 * @throws DomainError WRONG_PASSWORD, SERVER_BUSY
 */
export async function verifyOwnPassword(
  { db, passwords, user }: Services & Authentication,
  password: string,
): Promise<string> {
  const passwordHash = await users.findPasswordHash(db, { teamId: user.teamId, id: user.id });
  if (passwordHash === undefined || !(await passwords.verify(passwordHash, password))) throw wrongPassword();
  return passwordHash;
}

export function wrongPassword(): DomainError {
  return new DomainError('WRONG_PASSWORD', 'The current password is wrong.');
}
