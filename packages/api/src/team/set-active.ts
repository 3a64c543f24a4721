import { apiKeys, sessions, type MemberRow } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { changeMember, keepAnAdmin, lockMember } from './change-member.ts';
import { describeActor, type TeamActor } from './team-actor.ts';
import { memberOutput } from './team.schema.ts';

const setActiveInput = z.object({ userId: idSchema, isActive: z.boolean() });

export const setActiveProcedure = adminProcedure
  .meta({
    rest: {
      route: 'PUT /api/team/members/{user_id}/active',
      summary: 'Enable or disable a member',
      description:
        'A disabled member is logged out everywhere at once, and their API keys are revoked for good.',
      errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
    },
  })
  .input(setActiveInput)
  .output(memberOutput)
  .mutation(({ ctx, input }) => setActive(ctx, ctx, input));

/**
 * Disables an account, which ends its sessions and revokes its API keys for good, or enables it again.
 * @throws DomainError MEMBER_NOT_FOUND, LAST_ADMIN
 */
export async function setActive(
  { db }: Pick<Services, 'db'>,
  actor: TeamActor,
  { userId, isActive }: { userId: string; isActive: boolean },
): Promise<MemberRow> {
  const { teamId, actorId } = describeActor(actor);
  return db.transaction().execute(async (trx) => {
    const before = await lockMember(trx, actor, userId);
    if (!isActive) await keepAnAdmin(trx, teamId, before);
    const after = await changeMember(trx, teamId, userId, { isActive });
    if (!isActive) {
      // After the change, which waits for logins of this user and for new keys: they end, too.
      await sessions.deleteAllOfUser(trx, { teamId, userId });
      await apiKeys.revokeAllOfUser(trx, { teamId, userId });
    }
    await recordAudit(trx, {
      teamId,
      actorId,
      action: 'team.setActive',
      targetId: userId,
      details: { from: before.isActive, to: isActive },
    });
    return after;
  });
}
