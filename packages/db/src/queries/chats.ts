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

/** Identifies a user's own chat. Every query for a chat needs all three. */
export interface ChatKey {
  teamId: string;
  userId: string;
  id: string;
}

/** The id of the chat's agent; null where the agent is gone. */
const agentId = sql<string | null>`(
  select a.id from agents a where a.team_id = chats.team_id and a.id = chats.agent_id
)`.as('agentId');

const chatColumns = [
  'id',
  agentId,
  'title',
  'isPinned',
  'isArchived',
  'lastActivityAt',
  'createdAt',
  'updatedAt',
] as const;

export async function insert(
  db: Kysely<DB>,
  chat: Pick<Insertable<Chats>, 'teamId' | 'id' | 'userId' | 'agentId' | 'title'>,
): Promise<ChatRow> {
  return db.insertInto('chats').values(chat).returning(chatColumns).executeTakeFirstOrThrow();
}

/** A chat with what its agent lets users see of its work: nothing if the agent is gone. */
export interface ShownChatRow extends ChatRow {
  showSteps: boolean;
  showReasoning: boolean;
}

const isShown = (column: 'show_steps' | 'show_reasoning') => sql<boolean>`coalesce((
  select a.${sql.ref(column)} from agents a where a.team_id = chats.team_id and a.id = chats.agent_id
), false)`;

export async function find(
  db: Kysely<DB>,
  { teamId, userId, id }: ChatKey,
): Promise<ShownChatRow | undefined> {
  return db
    .selectFrom('chats')
    .select(chatColumns)
    .select([isShown('show_steps').as('showSteps'), isShown('show_reasoning').as('showReasoning')])
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * A user's chats, the one with the newest activity first. `before` is the last chat of the previous page. It is a
 * position in that order, so a chat that moves to the top between two pages is not listed twice, and no other chat is
 * missed.
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
    .where('teamId', '=', options.teamId)
    .where('userId', '=', options.userId)
    .where('isArchived', '=', options.isArchived);
  if (before !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('lastActivityAt', 'id'), '<', eb.tuple(before.lastActivityAt, before.id)),
    );
  }
  return query.orderBy('lastActivityAt', 'desc').orderBy('id', 'desc').limit(options.limit).execute();
}

/** Updates the given columns. Returns undefined if the user has no such chat. */
export async function update(
  db: Kysely<DB>,
  { teamId, userId, id }: ChatKey,
  changes: { title?: string | undefined; isPinned?: boolean | undefined; isArchived?: boolean | undefined },
): Promise<ChatRow | undefined> {
  return db
    .updateTable('chats')
    .set({
      title: changes.title,
      isPinned: changes.isPinned,
      isArchived: changes.isArchived,
      updatedAt: sql<string>`now()`,
    })
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning(chatColumns)
    .executeTakeFirst();
}

/** Locks a chat until the transaction ends, so that sends into it happen one after the other. */
export async function lock(
  trx: Kysely<DB>,
  { teamId, userId, id }: ChatKey,
): Promise<{ lastSeq: number } | undefined> {
  return trx
    .selectFrom('chats')
    .select('lastSeq')
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Returns whether the chat existed. Lock the chat and its active run first: the end of a run locks run, then message. */
async function deleteChat(db: Kysely<DB>, { teamId, userId, id }: ChatKey): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('chats')
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
export { deleteChat as delete };
