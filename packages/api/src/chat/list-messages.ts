import { listMessages as listMessageRows, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import type { listMessagesInput, MessageOutput } from './chat.schema.ts';

const positionSchema = z.int32().positive();

/** @throws DomainError CHAT_NOT_FOUND */
export async function listMessages(
  services: Services,
  user: UserWithTeam,
  { chatId, cursor, limit, includeSuperseded }: z.output<typeof listMessagesInput>,
): Promise<{ items: MessageOutput[]; nextCursor: string | null }> {
  await getChat(services, user, chatId);
  const messages = await listMessageRows(services.db, {
    teamId: user.teamId,
    chatId,
    beforeSeq: cursor == null ? undefined : decodeCursor(positionSchema, cursor),
    includeSuperseded,
    limit: limit + 1,
  });
  const page = toPage(messages, limit, (last) => last.seq);
  return { ...page, items: page.items.map(toMessageOutput) };
}
