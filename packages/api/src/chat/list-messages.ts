import { messages, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, MAX_PAGE_BYTES, nextCursor, pageInput, pageOutput } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import { type MessageOutput, messageOutput } from './chat.schema.ts';

const listMessagesInput = pageInput.extend({
  chatId: idSchema,
  /** True includes answers that a retry replaced. */
  includeSuperseded: z.boolean().default(false),
});

const listMessagesOutput = pageOutput(messageOutput);

export const listMessagesProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{chat_id}/messages',
      summary: 'List the messages of a chat',
      description: 'Newest first. A page of long messages may have fewer than its limit.',
      errors: ['CHAT_NOT_FOUND', 'INVALID_CURSOR'],
    },
  })
  .input(listMessagesInput)
  .output(listMessagesOutput)
  .query(({ ctx, input }) => listMessages(ctx, ctx.user, input));

const positionSchema = z.int32().positive();

/** @throws DomainError CHAT_NOT_FOUND */
async function listMessages(
  services: Services,
  user: UserWithTeam,
  { chatId, cursor, limit, includeSuperseded }: z.output<typeof listMessagesInput>,
): Promise<{ items: MessageOutput[]; nextCursor: string | null }> {
  const chat = await getChat(services, user, chatId);
  const { messages: rows, isLast } = await messages.list(services.db, {
    teamId: user.teamId,
    chatId,
    beforeSeq: cursor == null ? undefined : decodeCursor(positionSchema, cursor),
    includeSuperseded,
    limit,
    maxBytes: MAX_PAGE_BYTES,
  });
  return {
    items: rows.map((row) => toMessageOutput(row, chat)),
    nextCursor: nextCursor(isLast ? undefined : rows.at(-1)?.seq),
  };
}
