// Search takes two statements with bounded reads: one finds the next chats, the other searches their messages, by their
// keys and newest first. docs/adr/0008 explains why there is no text index.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { MessageRole } from './messages.ts';

/** In Unicode's form NFC. */
export interface SearchTerms {
  /** Terms that must all occur, in any order and case. */
  included: string[];
  /** Terms that must not occur. */
  excluded: string[];
}

export interface ChatToSearch {
  id: string;
  title: string;
  isTitleFound: boolean;
  /** An upper bound of the number of messages in the chat. */
  messageCount: number;
  lastActivityAt: string;
  createdAt: string;
  /** True if the user has no chat with older activity. */
  isLast: boolean;
}

/**
 * A user's chats, newest activity first, until they hold `maxMessages` messages; at least one chat.
 * @param options.from continue with this chat, or with the one after it
 */
export async function listChats(
  db: Kysely<DB>,
  options: {
    teamId: string;
    userId: string;
    terms: SearchTerms;
    from?: { lastActivityAt: string; id: string; isIncluded: boolean } | undefined;
    maxMessages: number;
    limit: number;
  },
): Promise<ChatToSearch[]> {
  const { teamId, userId, terms, from, maxMessages, limit } = options;
  const newestFirst = sql`(order by last_activity_at desc, id desc)`;
  let next = db
    .selectFrom('chats')
    .select([
      'id',
      'title',
      matches(sql`title`, terms).as('isTitleFound'),
      'lastSeq as messageCount',
      'lastActivityAt',
      'createdAt',
      sql<number>`sum(last_seq) over ${newestFirst} - last_seq`.as('messagesBefore'),
      sql<boolean>`lead(id) over ${newestFirst} is null`.as('isLast'),
    ])
    .where('teamId', '=', teamId)
    .where('userId', '=', userId);
  if (from !== undefined) {
    next = next.where((eb) =>
      eb(
        eb.refTuple('lastActivityAt', 'id'),
        from.isIncluded ? '<=' : '<',
        eb.tuple(from.lastActivityAt, from.id),
      ),
    );
  }
  return db
    .selectFrom(next.orderBy('lastActivityAt', 'desc').orderBy('id', 'desc').limit(limit).as('next'))
    .select(['id', 'title', 'isTitleFound', 'messageCount', 'lastActivityAt', 'createdAt', 'isLast'])
    .where('messagesBefore', '<', maxMessages)
    .orderBy('lastActivityAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export interface FoundMessage {
  id: string;
  chatId: string;
  seq: number;
  role: MessageRole;
  /** An excerpt around the first term. */
  text: string;
  timestamp: string;
}

/**
 * The messages of these chats that match all terms, in the order of `listChats`, newest message first.
 * @param options.before in this chat, only messages with a lower seq
 */
export async function listMessages(
  db: Kysely<DB>,
  options: {
    teamId: string;
    userId: string;
    chatIds: string[];
    terms: SearchTerms;
    before?: { chatId: string; seq: number } | undefined;
    limit: number;
  },
): Promise<FoundMessage[]> {
  const { teamId, userId, chatIds, terms, before, limit } = options;
  return db
    .selectFrom('chats as c')
    .innerJoinLateral(
      (eb) => {
        const inChat = eb
          .selectFrom('messages as m')
          .select(['m.id', 'm.seq', 'm.role', 'm.content', 'm.createdAt'])
          .whereRef('m.teamId', '=', 'c.teamId')
          .whereRef('m.chatId', '=', 'c.id')
          .where('m.isSuperseded', '=', false)
          .where(matches(sql`m.content`, terms));
        const rest =
          before === undefined
            ? inChat
            : inChat.where((where) =>
                where.or([
                  sql<boolean>`${where.ref('c.id')} <> ${before.chatId}`,
                  where('m.seq', '<', before.seq),
                ]),
              );
        // A limit per chat keeps the plan: one chat after the other, until there are enough messages.
        return rest.orderBy('m.seq', 'desc').limit(limit).as('found');
      },
      (join) => join.onTrue(),
    )
    .select([
      'found.id',
      'c.id as chatId',
      'found.seq',
      'found.role',
      snippet(terms.included[0] ?? '').as('text'),
      'found.createdAt as timestamp',
    ])
    .where('c.teamId', '=', teamId)
    .where('c.userId', '=', userId)
    .where('c.id', 'in', chatIds)
    .orderBy('c.lastActivityAt', 'desc')
    .orderBy('c.id', 'desc')
    .orderBy('found.seq', 'desc')
    .limit(limit)
    .execute();
}

function matches(text: ReturnType<typeof sql>, { included, excluded }: SearchTerms) {
  const conditions = [
    ...included.map((term) => contains(text, term)),
    ...excluded.map((term) => sql`not ${contains(text, term)}`),
  ];
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/**
 * Finds all canonically equivalent forms of a term, in any case. Both take much longer to check than the term's plain
 * letters, so the database checks these first.
 */
function contains(text: ReturnType<typeof sql>, term: string) {
  const pattern = patternOf(term);
  const exact = hasSeveralForms(term)
    ? sql`(${text} ilike ${pattern} or (${text} is not nfc normalized and normalize(${text}, nfc) ilike ${pattern}))`
    : sql`${text} ilike ${pattern}`;
  const plain = plainPatternOf(term);
  return plain === undefined ? sql`(${exact})` : sql`(${text} collate "C" ilike ${plain} and ${exact})`;
}

/**
 * A pattern of the letters and digits that no character outside of ASCII becomes in lower case or in NFC, with anything
 * between them. `İ` can become `i`, and the sign for kelvin is a `k`.
 */
function plainPatternOf(term: string): string | undefined {
  const plain = term.replaceAll(/[^a-hjl-z\d]+/gi, '%');
  return plain === '%' ? undefined : `%${plain}%`;
}

/** True for `é`, which can also be `e` with a combining accent. */
function hasSeveralForms(term: string): boolean {
  return term.normalize('NFD') !== term;
}

/** Escapes `%` and `_`. */
function patternOf(term: string): string {
  return `%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

const SNIPPET_CHARS = 240;
const CHARS_BEFORE_MATCH = 80;

function snippet(term: string) {
  const content = hasSeveralForms(term) ? sql`normalize(found.content, nfc)` : sql`found.content`;
  const at = sql`strpos(lower(${content}), lower(${term}::text)) - ${CHARS_BEFORE_MATCH}::int`;
  return sql<string>`substr(${content}, greatest(1, ${at}), ${SNIPPET_CHARS}::int)`;
}
