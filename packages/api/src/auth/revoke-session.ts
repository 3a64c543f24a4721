import { deleteSessionOfUser, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Credential } from './credential.ts';

/**
 * Ends one of a user's sessions at once: its next request is refused.
 * @throws DomainError SESSION_NOT_FOUND, also for a session of somebody else
 */
export async function revokeSession(
  ctx: Context,
  user: UserWithTeam,
  credential: Credential,
  { id }: { id: string },
): Promise<{ id: string }> {
  await ctx.db.transaction().execute(async (trx) => {
    const isMine = await deleteSessionOfUser(trx, { teamId: user.teamId, userId: user.id, idHash: id });
    if (!isMine) throw new DomainError('SESSION_NOT_FOUND', 'You have no such session.');
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'auth.revokeSession',
      targetId: user.id,
    });
  });
  // The cookies of a session that has ended are of no use to anybody.
  if (credential.type === 'session' && credential.sessionIdHash === id) {
    for (const cookie of ctx.cookies.clear()) ctx.request.setCookie(cookie);
  }
  return { id };
}
