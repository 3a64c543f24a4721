import { adminProcedure, authedProcedure, router } from '../trpc.ts';
import {
  agentIdInput,
  agentOutput,
  agentReport,
  agentWithAvatarOutput,
  avatarFileOutput,
  avatarOutput,
  createAgentInput,
  deletedOutput,
  listAgentsInput,
  listAgentsOutput,
  setAvatarInput,
  testAgentInput,
  updateAgentInput,
} from './agent.schema.ts';
import { createAgent } from './create-agent.ts';
import { deleteAgent } from './delete-agent.ts';
import { getAgent, getAvatar } from './get-agent.ts';
import { listAgents } from './list-agents.ts';
import { removeAvatar } from './remove-avatar.ts';
import { setAvatar } from './set-avatar.ts';
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
    .output(agentWithAvatarOutput)
    .query(({ ctx, input }) => getAgent(ctx, ctx.user, input)),

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

  avatar: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/agents/{id}/avatar',
        summary: "An agent's picture",
        errors: ['AVATAR_NOT_FOUND'],
      },
    })
    .input(agentIdInput)
    .output(avatarFileOutput)
    .query(({ ctx, input }) => getAvatar(ctx, ctx.user, input)),

  setAvatar: adminProcedure
    .meta({
      rest: {
        route: 'POST /api/agents/{id}/avatar',
        summary: 'Give an agent a picture',
        description:
          'A PNG, JPEG or WebP of at most 2 MB, as the file `avatar` of a form. It becomes a WebP of 256x256.',
        errors: ['AGENT_NOT_FOUND', 'INVALID_AVATAR', 'AVATAR_TOO_LARGE', 'SERVER_BUSY'],
      },
    })
    .input(setAvatarInput)
    .output(avatarOutput)
    .mutation(({ ctx, input }) => setAvatar(ctx, ctx.user, input)),

  removeAvatar: adminProcedure
    .meta({
      rest: {
        route: 'DELETE /api/agents/{id}/avatar',
        summary: "Remove an agent's picture",
        errors: ['AGENT_NOT_FOUND'],
      },
    })
    .input(agentIdInput)
    .output(avatarOutput)
    .mutation(({ ctx, input }) => removeAvatar(ctx, ctx.user, input)),
});
