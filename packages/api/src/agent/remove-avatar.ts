import { agents, avatars, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import { agentNotFound } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { avatarOutput, type AvatarOutput } from './agent.schema.ts';

export const removeAvatarProcedure = adminProcedure
  .meta({
    rest: {
      route: 'DELETE /api/agents/{id}/avatar',
      summary: "Remove an agent's picture",
      errors: ['AGENT_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(avatarOutput)
  .mutation(({ ctx, input }) => removeAvatar(ctx, ctx.user, input));

/** Does nothing if the agent has no picture. @throws DomainError AGENT_NOT_FOUND */
async function removeAvatar(
  { db }: Pick<Services, 'db'>,
  { teamId, id: actorId }: Pick<UserWithTeam, 'teamId' | 'id'>,
  { id }: { id: string },
): Promise<AvatarOutput> {
  await db.transaction().execute(async (trx) => {
    if ((await agents.find(trx, { teamId, id })) === undefined) throw agentNotFound();
    await avatars.delete(trx, { teamId, agentId: id });
    await recordAudit(trx, { teamId, actorId, action: 'agent.removeAvatar', targetId: id });
  });
  return { id, avatarUrl: null };
}
