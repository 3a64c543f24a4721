import type { MemberRow } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { roleSchema } from '../auth/auth.schema.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { changeMember, keepAnAdmin, lockMember } from './change-member.ts';
import { describeActor, type TeamActor } from './team-actor.ts';
import { memberOutput } from './team.schema.ts';

const setRoleInput = z.object({ userId: idSchema, role: roleSchema });

export const setRoleProcedure = adminProcedure
  .meta({
    rest: {
      route: 'PUT /api/team/members/{user_id}/role',
      summary: 'Change the role of a member',
      errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
    },
  })
  .input(setRoleInput)
  .output(memberOutput)
  .mutation(({ ctx, input }) => setRole(ctx, ctx, input));

/** @throws DomainError MEMBER_NOT_FOUND, LAST_ADMIN */
export async function setRole(
  { db }: Pick<Services, 'db'>,
  actor: TeamActor,
  { userId, role }: { userId: string; role: 'user' | 'admin' },
): Promise<MemberRow> {
  const { teamId, actorId } = describeActor(actor);
  return db.transaction().execute(async (trx) => {
    const before = await lockMember(trx, actor, userId);
    if (role !== 'admin') await keepAnAdmin(trx, teamId, before);
    const after = await changeMember(trx, teamId, userId, { role });
    await recordAudit(trx, {
      teamId,
      actorId,
      action: 'team.setRole',
      targetId: userId,
      details: { from: before.role, to: role },
    });
    return after;
  });
}
