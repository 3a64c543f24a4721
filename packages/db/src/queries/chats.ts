import { sql, type Insertable, type Kysely } from 'kysely';
import type { Chats, DB } from '../generated/database.ts';

export interface ChatRow {
  id: string;
  agentId: string | null;
  title: string;
  isPinned: boolean;
  isArchived: boolean;
  lastActivityAt: string;
  createdAt: string;
  updatedAt: string;
}

/** A user's own chat: no query finds a chat without all three. */
export interface ChatKey {
  teamId: string;
  userId: string;
  id: string;
}

const chatColumns = [
  'id',
  'agent_id as agentId',
  'title',
  'is_pinned as isPinned',
  'is_archived as isArchived',
  'last_activity_at as lastActivityAt',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const;

export async function insert(
  db: Kysely<DB>,
  chat: Pick<Insertable<Chats>, 'team_id' | 'id' | 'user_id' | 'agent_id' | 'title'>,
): Promise<ChatRow> {
  return db.insertInto('chats').values(chat).returning(chatColumns).executeTakeFirstOrThrow();
}

export async function find(db: Kysely<DB>, { teamId, userId, id }: ChatKey): Promise<ChatRow | undefined> {
  return db
    .selectFrom('chats')
    .select(chatColumns)
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * A user's chats, the one with the newest activity first. `before` is the last of the page before: it is a position in
 * that order, so a chat that moves to the top between two pages is not shown twice, and no other is missed.
 */
export async function list(
  db: Kysely<DB>,
  options: {
    teamId: string;
    userId: string;
    isArchived: boolean;
    before?: { lastActivityAt: string; id: string } | undefined;
    limit: number;
  },
): Promise<ChatRow[]> {
  const { before } = options;
  let query = db
    .selectFrom('chats')
    .select(chatColumns)
    .where('team_id', '=', options.teamId)
    .where('user_id', '=', options.userId)
    .where('is_archived', '=', options.isArchived);
  if (before !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('last_activity_at', 'id'), '<', eb.tuple(before.lastActivityAt, before.id)),
    );
  }
  return query.orderBy('last_activity_at', 'desc').orderBy('id', 'desc').limit(options.limit).execute();
}

/** Changes what `changes` names; `undefined` where the user has no such chat. */
export async function update(
  db: Kysely<DB>,
  { teamId, userId, id }: ChatKey,
  changes: { title?: string | undefined; isPinned?: boolean | undefined; isArchived?: boolean | undefined },
): Promise<ChatRow | undefined> {
  return db
    .updateTable('chats')
    .set({
      title: changes.title,
      is_pinned: changes.isPinned,
      is_archived: changes.isArchived,
      updated_at: sql<string>`now()`,
    })
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning(chatColumns)
    .executeTakeFirst();
}

/** Whether there was one to delete. */
async function deleteChat(db: Kysely<DB>, { teamId, userId, id }: ChatKey): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('chats')
    .where('team_id', '=', teamId)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
export { deleteChat as delete };
