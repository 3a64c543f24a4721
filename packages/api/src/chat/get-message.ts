import { findMessage, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import type { messageIdInput, MessageOutput } from './chat.schema.ts';

/** One message of a chat, superseded ones too. @throws DomainError CHAT_NOT_FOUND, MESSAGE_NOT_FOUND */
export async function getMessage(
  services: Services,
  user: UserWithTeam,
  { chatId, messageId }: z.output<typeof messageIdInput>,
): Promise<MessageOutput> {
  await getChat(services, user, chatId);
  const message = await findMessage(services.db, { teamId: user.teamId, id: messageId });
  if (message?.chatId !== chatId) {
    throw new DomainError('MESSAGE_NOT_FOUND', 'There is no such message in this chat.');
  }
  const { chatId: _, ...row } = message;
  return toMessageOutput(row);
}
