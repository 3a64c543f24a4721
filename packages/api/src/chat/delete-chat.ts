import { chats, runs as runRows, type UserWithTeam } from '@parley/db';
import { chatNotFound } from '../errors.ts';
import { idInput, idOutput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { chatProcedure } from '../trpc.ts';
import { getChat } from './chat-access.ts';

export const deleteChatProcedure = chatProcedure
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
  const isDeleted = await db.transaction().execute(async (trx) => {
    const key = { teamId, userId: user.id, id: chat.id };
    if ((await chats.lock(trx, key)) === undefined) return false;
    // The end of a run locks the run before its message, and the delete would lock them the other way round.
    await runRows.lockActive(trx, { teamId, chatId: chat.id });
    return chats.delete(trx, key);
  });
  if (!isDeleted) throw chatNotFound();
  return { id };
}
