import { agents, avatars } from '@parley/db';
import { z } from 'zod';
import type { Authentication } from '../auth/credential.ts';
import { agentNotFound } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { toAgentOutput } from './agent-access.ts';
import { agentOutput, type AgentOutput } from './agent.schema.ts';

const agentWithAvatarOutput = agentOutput.extend({
  /** The picture as a data URL. */
  avatar: z.string().nullable(),
});

export const getAgentProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/agents/{id}',
      summary: 'Get an agent',
      errors: ['AGENT_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(agentWithAvatarOutput)
  .query(({ ctx, input }) => getAgent(ctx, input));

/** Returns an agent with its picture as a data URL. @throws DomainError AGENT_NOT_FOUND */
async function getAgent(
  ctx: Services & Authentication,
  { id }: { id: string },
): Promise<AgentOutput & { avatar: string | null }> {
  const { db, user } = ctx;
  const { teamId } = user;
  const agent = await agents.find(db, { teamId, id });
  if (agent === undefined) throw agentNotFound();
  const picture = agent.avatarEtag === null ? undefined : await avatars.find(db, { teamId, agentId: id });
  const avatar =
    picture === undefined
      ? null
      : `data:${picture.contentType};base64,${Buffer.from(picture.bytes).toString('base64')}`;
  return { ...toAgentOutput(agent, ctx), avatar };
}
