import { chats, type MessageRow, type ShownChatRow, type UserWithTeam } from '@parley/db';
import { savedParts } from '@parley/runs';
import { chatNotFound } from '../errors.ts';
import type { Services } from '../services.ts';
import type { MessageOutput } from './chat.schema.ts';
import { visibleParts, type Visibility } from './visible-parts.ts';

/** Gets one of the user's own chats. @throws DomainError CHAT_NOT_FOUND */
export async function getChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  id: string,
): Promise<ShownChatRow> {
  const chat = await chats.find(db, { teamId: user.teamId, userId: user.id, id });
  if (chat === undefined) throw chatNotFound();
  return chat;
}

export function toMessageOutput(row: MessageRow, visibility: Visibility): MessageOutput {
  const { errorReason, errorMessage, ...message } = row;
  const parts = visibleParts(savedParts(row), visibility);
  return { ...message, parts, error: toAnswerError({ errorReason, errorMessage }) };
}

/** Why an answer is incomplete. */
export function toAnswerError({
  errorReason,
  errorMessage,
}: Pick<MessageRow, 'errorReason' | 'errorMessage'>): MessageOutput['error'] {
  return errorReason === null ? null : { reason: errorReason, message: errorMessage ?? errorReason };
}
