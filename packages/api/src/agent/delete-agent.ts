import { agents } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { agentNotFound } from '../errors.ts';
import { idInput, idOutput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';

export const deleteAgentProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'DELETE /api/agents/{id}',
      summary: 'Delete an agent',
      description: 'Its chats stay readable.',
      errors: ['AGENT_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(idOutput)
  .mutation(({ ctx, input }) => deleteAgent(ctx, input));

/** @throws DomainError AGENT_NOT_FOUND */
async function deleteAgent(ctx: Services & Authentication, { id }: { id: string }): Promise<{ id: string }> {
  const { teamId, id: actorId } = ctx.user;
  await ctx.db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    if (!(await agents.delete(trx, { teamId, id }))) throw agentNotFound();
    await recordAudit(trx, { teamId, actorId, action: 'agent.delete', targetId: id });
  });
  return { id };
}
