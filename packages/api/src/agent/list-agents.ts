import { listAgents as listAgentRows, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import { toAgentOutput } from './agent-access.ts';
import type { AgentOutput, listAgentsInput } from './agent.schema.ts';

export async function listAgents(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listAgentsInput>,
): Promise<{ items: AgentOutput[]; nextCursor: string | null }> {
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const agents = await listAgentRows(db, { teamId: user.teamId, beforeId, limit: limit + 1 });
  const page = toPage(agents, limit, (last) => last.id);
  return { ...page, items: page.items.map((agent) => toAgentOutput(agent, user)) };
}
