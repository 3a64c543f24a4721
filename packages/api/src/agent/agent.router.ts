import { findAgent } from '@parley/db';
import { adminProcedure, authedProcedure, router } from '../trpc.ts';
import { agentNotFound, toAgentOutput } from './agent-access.ts';
import {
  agentIdInput,
  agentOutput,
  agentReport,
  createAgentInput,
  deletedOutput,
  listAgentsInput,
  listAgentsOutput,
  testAgentInput,
  updateAgentInput,
} from './agent.schema.ts';
import { createAgent } from './create-agent.ts';
import { deleteAgent } from './delete-agent.ts';
import { listAgents } from './list-agents.ts';
import { testAgent } from './test-agent.ts';
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
        description:
          'With `protocol` `openai`, `webhook_url` is an endpoint for chat completions or its base, and `config.model` the model.',
        status: 201,
        errors: ['AGENT_BLOCKED_URL', 'AGENT_MODEL_REQUIRED'],
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
          'What is left out stays as it is. Another `webhook_url` drops the stored token and signing secret, but for what comes with it.',
        errors: ['AGENT_NOT_FOUND', 'AGENT_BLOCKED_URL', 'AGENT_MODEL_REQUIRED'],
      },
    })
    .input(updateAgentInput)
    .output(agentOutput)
    .mutation(({ ctx, input }) => updateAgent(ctx, ctx.user, input)),

  test: adminProcedure
    .meta({
      rest: {
        route: 'POST /api/agents/{id}/test',
        summary: 'Call an agent once, and see what it says',
        description:
          'Takes as long as the agent does, a minute at most. A failure of the agent is a part of the report, with a hint. Nothing is saved but an entry in the audit log.',
        errors: ['AGENT_NOT_FOUND'],
      },
    })
    .input(testAgentInput)
    .output(agentReport)
    .mutation(({ ctx, input, signal }) => testAgent(ctx, ctx.user, input, signal)),

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
    .mutation(({ ctx, input }) => deleteAgent(ctx, ctx.user, input)),
});
