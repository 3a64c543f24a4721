import { agents, chats, newId, type ChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { agentInactive, agentNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { chatProcedure } from '../trpc.ts';
import { chatOutput, titleSchema } from './chat.schema.ts';

const createChatInput = z.object({ agentId: idSchema, title: titleSchema.optional() });

export const createChatProcedure = chatProcedure
  .meta({
    rest: {
      route: 'POST /api/chats',
      summary: 'Create a chat with an agent',
      status: 201,
      errors: ['AGENT_NOT_FOUND', 'AGENT_INACTIVE'],
    },
  })
  .input(createChatInput)
  .output(chatOutput)
  .mutation(({ ctx, input }) => createChat(ctx, ctx.user, input));

const DEFAULT_TITLE = 'New chat';

/** @throws DomainError AGENT_NOT_FOUND, AGENT_INACTIVE */
async function createChat(
  { db }: Services,
  user: UserWithTeam,
  input: z.output<typeof createChatInput>,
): Promise<ChatRow> {
  const agent = await agents.find(db, { teamId: user.teamId, id: input.agentId });
  if (agent === undefined) throw agentNotFound();
  if (!agent.isActive) throw agentInactive();
  return chats.insert(db, {
    teamId: user.teamId,
    id: newId(),
    userId: user.id,
    agentId: agent.id,
    title: input.title ?? DEFAULT_TITLE,
  });
}
