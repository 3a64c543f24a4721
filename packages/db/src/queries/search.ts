import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { MessageRole } from './messages.ts';

export interface SearchRow {
  /** The message's; the chat's where it is the title that was found. */
  id: string;
  /** Null for a title. */
  messageId: string | null;
  chatId: string;
  chatTitle: string;
  role: MessageRole | null;
  /** What is around the first of the terms. */
  text: string;
  timestamp: string;
}

export interface SearchOptions {
  teamId: string;
  userId: string;
  /** All of these, wherever they stand, whatever their case. */
  included: string[];
  /** None of these. */
  excluded: string[];
  before?: { timestamp: string; id: string } | undefined;
  limit: number;
}

const SNIPPET_CHARS = 240;
const CHARS_BEFORE_MATCH = 80;

/**
 * Messages and titles of a user's own chats, the newest first. It reads what the user has written and been answered, and no
 * index: under row-level security none could be used, since no operator of a full-text or trigram index is leakproof.
 */
export async function searchMessages(db: Kysely<DB>, options: SearchOptions): Promise<SearchRow[]> {
  const { teamId, userId, before, limit } = options;
  const found = db
    .selectFrom('chats as c')
    .innerJoin('messages as m', (join) =>
      join.onRef('m.team_id', '=', 'c.team_id').onRef('m.chat_id', '=', 'c.id'),
    )
    .where('c.team_id', '=', teamId)
    .where('c.user_id', '=', userId)
    .where('m.is_superseded', '=', false)
    .where(matches(sql<string>`m.content`, options))
    .select([
      'm.id',
      sql<string | null>`m.id`.as('messageId'),
      'c.id as chatId',
      'c.title as chatTitle',
      sql<MessageRole | null>`m.role`.as('role'),
      'm.content as text',
      'm.created_at as timestamp',
    ])
    .unionAll(
      db
        .selectFrom('chats as c')
        .where('c.team_id', '=', teamId)
        .where('c.user_id', '=', userId)
        .where(matches(sql<string>`c.title`, options))
        .select([
          'c.id',
          sql<string | null>`null::uuid`.as('messageId'),
          'c.id as chatId',
          'c.title as chatTitle',
          sql<MessageRole | null>`null::text`.as('role'),
          'c.title as text',
          'c.created_at as timestamp',
        ]),
    );
  let query = db
    .selectFrom(found.as('found'))
    .select([
      'id',
      'messageId',
      'chatId',
      'chatTitle',
      'role',
      snippet(options.included[0] ?? '').as('text'),
      'timestamp',
    ]);
  if (before !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('timestamp', 'id'), '<', eb.tuple(before.timestamp, before.id)),
    );
  }
  return query.orderBy('timestamp', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

function matches(text: ReturnType<typeof sql<string>>, { included, excluded }: SearchOptions) {
  const conditions = [
    ...included.map((term) => sql<boolean>`${text} ilike ${patternOf(term)}`),
    ...excluded.map((term) => sql<boolean>`${text} not ilike ${patternOf(term)}`),
  ];
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/** `%` and `_` stand for themselves. */
function patternOf(term: string): string {
  return `%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function snippet(term: string) {
  const start = sql`greatest(1, strpos(lower(found.text), lower(${term}::text)) - ${CHARS_BEFORE_MATCH}::int)`;
  return sql<string>`substr(found.text, ${start}, ${SNIPPET_CHARS}::int)`;
}
