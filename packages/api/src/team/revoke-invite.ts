import { invites } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { DomainError } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { toInviteOutput } from './invite-output.ts';
import { inviteOutput, type InviteOutput } from './team.schema.ts';

export const revokeInviteProcedure = adminProcedure
  .meta({
    rest: {
      route: 'DELETE /api/team/invites/{id}',
      summary: 'Revoke an invite',
      errors: ['INVITE_NOT_FOUND', 'INVITE_USED'],
    },
  })
  .input(idInput)
  .output(inviteOutput)
  .mutation(({ ctx, input }) => revokeInvite(ctx, input));

/**
 * Revokes an unused invite. Revoking it again changes nothing.
 * @throws DomainError INVITE_NOT_FOUND, INVITE_USED
 */
async function revokeInvite(ctx: Services & Authentication, { id }: { id: string }): Promise<InviteOutput> {
  const { user } = ctx;
  const key = { teamId: user.teamId, id };
  return ctx.db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    const before = await invites.lock(trx, key);
    if (before === undefined) {
      throw new DomainError('INVITE_NOT_FOUND', 'There is no such invite in this team.');
    }
    if (before.usedAt !== null) {
      throw new DomainError('INVITE_USED', 'This invite was already used. Disable the account instead.');
    }
    if (before.revokedAt !== null) return toInviteOutput(before);
    const after = await invites.revoke(trx, key);
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'team.revokeInvite',
      targetId: id,
    });
    return toInviteOutput(after);
  });
}
