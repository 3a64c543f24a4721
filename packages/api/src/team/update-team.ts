import { teams, type TeamRow } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { nameSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { teamOutput } from './team.schema.ts';

/** Missing fields stay unchanged. */
const updateTeamInput = z
  .object({ name: nameSchema({ max: 100 }), isRegistrationOpen: z.boolean() })
  .partial();

export const updateTeamProcedure = adminProcedure
  .meta({
    rest: {
      route: 'PUT /api/team',
      summary: 'Update the team',
      description: 'Changes its name, or opens or closes its registration. Missing fields stay unchanged.',
    },
  })
  .input(updateTeamInput)
  .output(teamOutput)
  .mutation(({ ctx, input }) => updateTeam(ctx, input));

async function updateTeam(
  ctx: Services & Authentication,
  input: z.output<typeof updateTeamInput>,
): Promise<TeamRow> {
  const { user } = ctx;
  return ctx.db.transaction().execute(async (trx) => {
    await teams.lock(trx, user.teamId);
    await lockAdmin(trx, ctx);
    const team = await teams.update(trx, user.teamId, {
      name: input.name,
      isRegistrationOpen: input.isRegistrationOpen,
    });
    const { name, isRegistrationOpen } = team;
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'team.update',
      targetId: user.teamId,
      details: { name, isRegistrationOpen },
    });
    return team;
  });
}
