import { messages, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import { type MessageOutput, messageOutput } from './chat.schema.ts';

const messageIdInput = z.object({ chatId: idSchema, messageId: idSchema });

export const getMessageProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{chat_id}/messages/{message_id}',
      summary: 'Get a message',
      errors: ['CHAT_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
    },
  })
  .input(messageIdInput)
  .output(messageOutput)
  .query(({ ctx, input }) => getMessage(ctx, ctx.user, input));

/** Gets a message of a chat, even if it is superseded. @throws DomainError CHAT_NOT_FOUND, MESSAGE_NOT_FOUND */
async function getMessage(
  services: Services,
  user: UserWithTeam,
  { chatId, messageId }: z.output<typeof messageIdInput>,
): Promise<MessageOutput> {
  const chat = await getChat(services, user, chatId);
  const message = await messages.find(services.db, { teamId: user.teamId, id: messageId });
  if (message?.chatId !== chatId) {
    throw new DomainError('MESSAGE_NOT_FOUND', 'There is no such message in this chat.');
  }
  const { chatId: _, ...row } = message;
  return toMessageOutput(row, chat);
}
