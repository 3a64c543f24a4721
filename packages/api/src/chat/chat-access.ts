import { chats, type ChatRow, type MessageRow, type UserWithTeam } from '@parley/db';
import { chatNotFound } from '../errors.ts';
import type { Services } from '../services.ts';
import type { MessageOutput } from './chat.schema.ts';

/** Gets one of the user's own chats. @throws DomainError CHAT_NOT_FOUND */
export async function getChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  id: string,
): Promise<ChatRow> {
  const chat = await chats.find(db, { teamId: user.teamId, userId: user.id, id });
  if (chat === undefined) throw chatNotFound();
  return chat;
}

export function toMessageOutput(row: MessageRow): MessageOutput {
  const { errorReason, errorMessage, ...message } = row;
  const error = errorReason === null ? null : { reason: errorReason, message: errorMessage ?? errorReason };
  return { ...message, error };
}
