import { chats, type UserWithTeam } from '@parley/db';
import { chatNotFound } from '../errors.ts';
import { idInput, idOutput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { authedProcedure } from '../trpc.ts';
import { getChat } from './chat-access.ts';

export const deleteChatProcedure = authedProcedure
  .meta({
    rest: {
      route: 'DELETE /api/chats/{id}',
      summary: 'Delete a chat',
      description: 'Deletes its messages too, and stops an answer that is being generated.',
      errors: ['CHAT_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(idOutput)
  .mutation(({ ctx, input }) => deleteChat(ctx, ctx.user, input));

/** @throws DomainError CHAT_NOT_FOUND */
async function deleteChat(
  { db, runs }: Pick<Services, 'db' | 'runs'>,
  user: UserWithTeam,
  { id }: { id: string },
): Promise<{ id: string }> {
  const { teamId } = user;
  const chat = await getChat({ db }, user, id);
  await runs.stop({ teamId, chatId: chat.id });
  if (!(await chats.delete(db, { teamId, userId: user.id, id: chat.id }))) throw chatNotFound();
  return { id };
}
