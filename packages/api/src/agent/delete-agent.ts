import { deleteAgent as deleteAgentRow, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import { agentNotFound } from '../errors.ts';
import type { Services } from '../services.ts';

/** @throws DomainError AGENT_NOT_FOUND */
export async function deleteAgent(
  { db }: Services,
  { teamId, id: actorId }: UserWithTeam,
  { id }: { id: string },
): Promise<{ id: string }> {
  await db.transaction().execute(async (trx) => {
    if (!(await deleteAgentRow(trx, { teamId, id }))) throw agentNotFound();
    await recordAudit(trx, { teamId, actorId, action: 'agent.delete', targetId: id });
  });
  return { id };
}
