import { chats, type ChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import { timeSchema } from '../schema/time-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { chatOutput } from './chat.schema.ts';

const listChatsInput = pageInput
  .extend({
    /** True lists only archived chats, false only the others. */
    isArchived: z.boolean().default(false),
  })
  .prefault({});

const listChatsOutput = pageOutput(chatOutput);

export const listChatsProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats',
      summary: 'List your chats',
      description: 'Newest activity first.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listChatsInput)
  .output(listChatsOutput)
  .query(({ ctx, input }) => listChats(ctx, ctx.user, input));

const positionSchema = z.object({ lastActivityAt: timeSchema, id: idSchema });

async function listChats(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, isArchived }: z.output<typeof listChatsInput>,
): Promise<{ items: ChatRow[]; nextCursor: string | null }> {
  const before = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  const rows = await chats.list(db, {
    teamId: user.teamId,
    userId: user.id,
    isArchived,
    before,
    limit: limit + 1,
  });
  return toPage(rows, limit, ({ lastActivityAt, id }) => ({ lastActivityAt, id }));
}
