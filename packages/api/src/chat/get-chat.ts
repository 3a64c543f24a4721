import { messages, type ShownChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { checkedInSlices } from '../schema/checked-in-slices.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import { chatOutput, messageOutput, type MessageOutput } from './chat.schema.ts';

const getChatInput = idInput.extend({
  /** False leaves `messages` empty, for clients that read them in pages. */
  includeMessages: z.boolean().default(true),
});

const chatWithMessagesOutput = checkedInSlices(
  chatOutput.extend({ messages: z.array(messageOutput) }),
  'messages',
);

export const getChatProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{id}',
      summary: 'Get a chat with all its messages',
      errors: ['CHAT_NOT_FOUND'],
    },
  })
  .input(getChatInput)
  .output(chatWithMessagesOutput)
  .query(({ ctx, input }) => getChatWithMessages(ctx, ctx.user, input));

/** @throws DomainError CHAT_NOT_FOUND */
async function getChatWithMessages(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { id, includeMessages }: z.output<typeof getChatInput>,
): Promise<z.output<typeof chatWithMessagesOutput>> {
  const chat = await getChat({ db }, user, id);
  if (!includeMessages) return { ...chat, messages: [] };
  return { ...chat, messages: await readAll(db, user.teamId, chat) };
}

/** Parsing the rows of a page holds the event loop for some milliseconds. */
const MESSAGES_A_PAGE = 500;
const BYTES_A_PAGE = 1_000_000;

/** Reads the whole conversation in pages of one snapshot, between which other requests have their turn. */
function readAll(db: Services['db'], teamId: string, chat: ShownChatRow): Promise<MessageOutput[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const read: MessageOutput[] = [];
      let isLast = false;
      while (!isLast) {
        const page = await messages.listAfter(trx, {
          ...{ teamId, chatId: chat.id, afterSeq: read.at(-1)?.seq ?? 0 },
          ...{ limit: MESSAGES_A_PAGE, maxBytes: BYTES_A_PAGE },
        });
        for (const row of page.messages) read.push(toMessageOutput(row, chat));
        isLast = page.isLast;
      }
      return read;
    });
}
