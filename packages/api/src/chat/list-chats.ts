import { listChats as listChatRows, type ChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import { timeSchema } from '../schema/time-schema.ts';
import type { listChatsInput } from './chat.schema.ts';

const positionSchema = z.object({ lastActivityAt: timeSchema, id: idSchema });

export async function listChats(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, isArchived }: z.output<typeof listChatsInput>,
): Promise<{ items: ChatRow[]; nextCursor: string | null }> {
  const before = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  const chats = await listChatRows(db, {
    teamId: user.teamId,
    userId: user.id,
    isArchived,
    before,
    limit: limit + 1,
  });
  return toPage(chats, limit, ({ lastActivityAt, id }) => ({ lastActivityAt, id }));
}
