import { deleteAgent, findAgent } from '@parley/db';
import { adminProcedure, authedProcedure, router } from '../trpc.ts';
import { agentNotFound, toAgentOutput } from './agent-access.ts';
import {
  agentIdInput,
  agentOutput,
  createAgentInput,
  deletedOutput,
  listAgentsInput,
  listAgentsOutput,
  updateAgentInput,
} from './agent.schema.ts';
import { createAgent } from './create-agent.ts';
import { listAgents } from './list-agents.ts';
import { updateAgent } from './update-agent.ts';

export const agentRouter = router({
  list: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/agents',
        summary: 'The agents of the team',
        description: 'Newest first. How an agent is reached and instructed is shown to admins only.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listAgentsInput)
    .output(listAgentsOutput)
    .query(({ ctx, input }) => listAgents(ctx, ctx.user, input)),

  get: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/agents/{id}',
        summary: 'One agent',
        errors: ['AGENT_NOT_FOUND'],
      },
    })
    .input(agentIdInput)
    .output(agentOutput)
    .query(async ({ ctx, input }) => {
      const agent = await findAgent(ctx.db, { teamId: ctx.user.teamId, id: input.id });
      if (agent === undefined) throw agentNotFound();
      return toAgentOutput(agent, ctx.user);
    }),

  create: adminProcedure
    .meta({
      rest: {
        route: 'POST /api/agents',
        summary: 'Make an agent',
        status: 201,
      },
    })
    .input(createAgentInput)
    .output(agentOutput)
    .mutation(({ ctx, input }) => createAgent(ctx, ctx.user, input)),

  update: adminProcedure
    .meta({
      rest: {
        route: 'PUT /api/agents/{id}',
        summary: 'Change an agent',
        description:
          'What is left out stays as it is. Another `webhook_url` drops the stored token, unless `webhook_token` comes with it.',
        errors: ['AGENT_NOT_FOUND'],
      },
    })
    .input(updateAgentInput)
    .output(agentOutput)
    .mutation(({ ctx, input }) => updateAgent(ctx, ctx.user, input)),

  delete: adminProcedure
    .meta({
      rest: {
        route: 'DELETE /api/agents/{id}',
        summary: 'Delete an agent',
        description: 'Its chats stay, and can be read.',
        errors: ['AGENT_NOT_FOUND'],
      },
    })
    .input(agentIdInput)
    .output(deletedOutput)
    .mutation(async ({ ctx, input }) => {
      if (!(await deleteAgent(ctx.db, { teamId: ctx.user.teamId, id: input.id }))) throw agentNotFound();
      return { id: input.id };
    }),
});
