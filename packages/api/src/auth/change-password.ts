import { deleteSessionsOfUser, findPasswordHash, updateUserPassword, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../admin/record-audit.ts';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { changePasswordInput } from './auth.schema.ts';
import { hashPassword, verifyPassword } from './password.ts';

/**
 * Changes the password of a user who knows the present one, and ends all of the user's sessions but this one.
 * @throws DomainError WRONG_PASSWORD
 */
export async function changePassword(
  { db }: Services,
  user: UserWithTeam,
  sessionIdHash: string,
  { currentPassword, newPassword }: z.output<typeof changePasswordInput>,
): Promise<{ ok: true }> {
  const { teamId, id } = user;
  const currentHash = await findPasswordHash(db, { teamId, id });
  if (currentHash === undefined || !(await verifyPassword(currentHash, currentPassword))) {
    throw new DomainError('WRONG_PASSWORD', 'The current password is wrong.');
  }
  const passwordHash = await hashPassword(newPassword);
  await db.transaction().execute(async (trx) => {
    await updateUserPassword(trx, { teamId, id, passwordHash });
    await deleteSessionsOfUser(trx, { teamId, userId: id, exceptIdHash: sessionIdHash });
    await recordAudit(trx, { teamId, actorId: id, action: 'auth.changePassword', targetId: id });
  });
  return { ok: true };
}
