import { deleteSessionOfUser, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../admin/record-audit.ts';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';

/**
 * Ends one of a user's sessions at once: its next request is refused.
 * @throws DomainError SESSION_NOT_FOUND, also for a session of somebody else
 */
export async function revokeSession(
  { db }: Services,
  user: UserWithTeam,
  { id }: { id: string },
): Promise<{ id: string }> {
  await db.transaction().execute(async (trx) => {
    const isMine = await deleteSessionOfUser(trx, { teamId: user.teamId, userId: user.id, idHash: id });
    if (!isMine) throw new DomainError('SESSION_NOT_FOUND', 'You have no such session.');
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'auth.revokeSession',
      targetId: user.id,
    });
  });
  return { id };
}
