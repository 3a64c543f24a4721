import { agents, avatars } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { agentNotFound } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';
import { avatarOutput, type AvatarOutput } from './agent.schema.ts';

export const removeAvatarProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'DELETE /api/agents/{id}/avatar',
      summary: "Remove an agent's picture",
      errors: ['AGENT_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(avatarOutput)
  .mutation(({ ctx, input }) => removeAvatar(ctx, input));

/** Does nothing if the agent has no picture. @throws DomainError AGENT_NOT_FOUND */
async function removeAvatar(
  ctx: Pick<Services, 'db'> & Authentication,
  { id }: { id: string },
): Promise<AvatarOutput> {
  const { teamId, id: actorId } = ctx.user;
  await ctx.db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    if ((await agents.lock(trx, { teamId, id })) === undefined) throw agentNotFound();
    await avatars.delete(trx, { teamId, agentId: id });
    await recordAudit(trx, { teamId, actorId, action: 'agent.removeAvatar', targetId: id });
  });
  return { id, avatarUrl: null };
}
