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
    .input(listAgentsInput)
    .output(listAgentsOutput)
    .query(({ ctx, input }) => listAgents(ctx, ctx.user, input)),

  get: authedProcedure
    .input(agentIdInput)
    .output(agentOutput)
    .query(async ({ ctx, input }) => {
      const agent = await findAgent(ctx.db, { teamId: ctx.user.teamId, id: input.id });
      if (agent === undefined) throw agentNotFound();
      return toAgentOutput(agent, ctx.user);
    }),

  create: adminProcedure
    .input(createAgentInput)
    .output(agentOutput)
    .mutation(({ ctx, input }) => createAgent(ctx, ctx.user, input)),

  update: adminProcedure
    .input(updateAgentInput)
    .output(agentOutput)
    .mutation(({ ctx, input }) => updateAgent(ctx, ctx.user, input)),

  delete: adminProcedure
    .input(agentIdInput)
    .output(deletedOutput)
    .mutation(async ({ ctx, input }) => {
      if (!(await deleteAgent(ctx.db, { teamId: ctx.user.teamId, id: input.id }))) throw agentNotFound();
      return { id: input.id };
    }),
});
