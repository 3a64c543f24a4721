import { chats, type ChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { chatNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { chatProcedure } from '../trpc.ts';
import { chatOutput, titleSchema } from './chat.schema.ts';

/** Missing fields stay unchanged. */
const updateChatInput = z.object({
  id: idSchema,
  title: titleSchema.optional(),
  isPinned: z.boolean().optional(),
  isArchived: z.boolean().optional(),
});

export const updateChatProcedure = chatProcedure
  .meta({
    rest: {
      route: 'PUT /api/chats/{id}',
      summary: 'Rename, pin or archive a chat',
      description: 'Missing fields stay unchanged.',
      errors: ['CHAT_NOT_FOUND'],
    },
  })
  .input(updateChatInput)
  .output(chatOutput)
  .mutation(({ ctx, input }) => updateChat(ctx, ctx.user, input));

/** @throws DomainError CHAT_NOT_FOUND */
async function updateChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  input: z.output<typeof updateChatInput>,
): Promise<ChatRow> {
  const key = { teamId: user.teamId, userId: user.id, id: input.id };
  const chat = await chats.update(db, key, input);
  if (chat === undefined) throw chatNotFound();
  return chat;
}
