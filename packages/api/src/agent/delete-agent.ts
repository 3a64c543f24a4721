import { agents, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import { agentNotFound } from '../errors.ts';
import { idInput, idOutput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';

export const deleteAgentProcedure = adminProcedure
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
  .mutation(({ ctx, input }) => deleteAgent(ctx, ctx.user, input));

/** @throws DomainError AGENT_NOT_FOUND */
async function deleteAgent(
  { db }: Services,
  { teamId, id: actorId }: UserWithTeam,
  { id }: { id: string },
): Promise<{ id: string }> {
  await db.transaction().execute(async (trx) => {
    if (!(await agents.delete(trx, { teamId, id }))) throw agentNotFound();
    await recordAudit(trx, { teamId, actorId, action: 'agent.delete', targetId: id });
  });
  return { id };
}
