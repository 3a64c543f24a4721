import { agents } from '@parley/db';
import type { z } from 'zod';
import type { Authentication } from '../auth/credential.ts';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, MAX_PAGE_BYTES, nextCursor, pageInput, pageOutput } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { toAgentOutput } from './agent-access.ts';
import { agentOutput, type AgentOutput } from './agent.schema.ts';

const listAgentsInput = pageInput.prefault({});

const listAgentsOutput = pageOutput(agentOutput);

export const listAgentsProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/agents',
      summary: 'List the agents of the team',
      description:
        'Newest first. A page may have fewer agents than its limit. Only admins see URLs, system prompts and other settings.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listAgentsInput)
  .output(listAgentsOutput)
  .query(({ ctx, input }) => listAgents(ctx, input));

async function listAgents(
  ctx: Services & Authentication,
  { cursor, limit }: z.output<typeof listAgentsInput>,
): Promise<{ items: AgentOutput[]; nextCursor: string | null }> {
  const { db, user } = ctx;
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const { agents: rows, isLast } = await agents.list(db, {
    ...{ teamId: user.teamId, beforeId, limit, maxBytes: MAX_PAGE_BYTES },
  });
  return {
    items: rows.map((agent) => toAgentOutput(agent, ctx)),
    nextCursor: nextCursor(isLast ? undefined : rows.at(-1)?.id),
  };
}
