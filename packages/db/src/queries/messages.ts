import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { Json } from '../json.ts';

export type MessageRole = 'user' | 'assistant';
export type MessageStatus = 'complete' | 'streaming' | 'failed' | 'canceled' | 'interrupted';

export interface MessageRow {
  id: string;
  seq: number;
  role: MessageRole;
  content: string;
  /** The answer's parts, its text among them; null if it is text alone. */
  parts: Json;
  status: MessageStatus;
  timestamp: string;
  /** True if another answer has replaced it. */
  isSuperseded: boolean;
  /** The run that wrote the message; null for a user's message. */
  runId: string | null;
  errorReason: string | null;
  errorMessage: string | null;
}

function selectMessages(db: Kysely<DB>) {
  return db
    .selectFrom('messages as m')
    .leftJoin('runs as r', (join) =>
      join.onRef('r.teamId', '=', 'm.teamId').onRef('r.assistantMessageId', '=', 'm.id'),
    )
    .select([
      'm.id',
      'm.seq',
      'm.role',
      'm.content',
      'm.parts',
      'm.status',
      'm.createdAt as timestamp',
      'm.isSuperseded',
      'r.id as runId',
      'r.errorReason',
      'r.errorMessage',
    ]);
}

/** A message of the team with its chat. The caller checks whose chat it is. */
export async function find(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<(MessageRow & { chatId: string }) | undefined> {
  return selectMessages(db)
    .select('m.chatId')
    .where('m.teamId', '=', teamId)
    .where('m.id', '=', id)
    .executeTakeFirst();
}

/**
 * A page of the conversation, newest first: at least one message, and as many as it takes to reach `maxBytes`.
 * @param options.beforeSeq the last seq of the previous page
 */
export async function list(
  db: Kysely<DB>,
  options: {
    teamId: string;
    chatId: string;
    beforeSeq?: number | undefined;
    includeSuperseded: boolean;
    limit: number;
    maxBytes: number;
  },
): Promise<{ messages: MessageRow[]; isLast: boolean }> {
  const { teamId, chatId, beforeSeq, includeSuperseded, limit, maxBytes } = options;
  let lengths = db
    .selectFrom('messages')
    .select([
      'id',
      sql<number>`sum(octet_length(content) + ${bytesOfParts}) over (order by seq desc) - octet_length(content) - ${bytesOfParts}`.as(
        'bytesBefore',
      ),
      sql<boolean>`lead(seq) over (order by seq desc) is null`.as('isLast'),
    ])
    .where('teamId', '=', teamId)
    .where('chatId', '=', chatId);
  if (!includeSuperseded) lengths = lengths.where('isSuperseded', '=', false);
  if (beforeSeq !== undefined) lengths = lengths.where('seq', '<', beforeSeq);
  const rows = await selectMessages(db)
    .innerJoin(lengths.orderBy('seq', 'desc').limit(limit).as('page'), 'page.id', 'm.id')
    .select('page.isLast')
    .where('m.teamId', '=', teamId)
    .where('page.bytesBefore', '<', maxBytes)
    .orderBy('m.seq', 'desc')
    .execute();
  return {
    messages: rows.map((row) => {
      const { isLast: _, ...message } = row;
      return message;
    }),
    isLast: rows.at(-1)?.isLast ?? true,
  };
}

/**
 * About the size of parts, which may be stored compressed: their true size is known only to those who read them. Postgres
 * compresses by a factor of 100 at most, so that a limit by this size is exceeded ten times at most.
 */
const bytesOfParts = sql`10 * coalesce(pg_column_size(parts), 0)`;

/**
 * The messages after a position, oldest first and without superseded answers: at least one, and as many as it takes to
 * reach `maxBytes`. The first statement finds the last message by lengths alone, the second reads the texts.
 */
export async function listAfter(
  db: Kysely<DB>,
  options: { teamId: string; chatId: string; afterSeq: number; limit: number; maxBytes: number },
): Promise<{ messages: MessageRow[]; isLast: boolean }> {
  const { teamId, chatId, afterSeq, limit, maxBytes } = options;
  const lengths = db
    .selectFrom('messages')
    .select([
      'seq',
      sql<number>`sum(octet_length(content) + ${bytesOfParts}) over (order by seq) - octet_length(content) - ${bytesOfParts}`.as(
        'bytesBefore',
      ),
      sql<boolean>`lead(seq) over (order by seq) is null`.as('isLast'),
    ])
    .where('teamId', '=', teamId)
    .where('chatId', '=', chatId)
    .where('isSuperseded', '=', false)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit);
  const end = await db
    .selectFrom(lengths.as('next'))
    .select(['seq', 'isLast'])
    .where('bytesBefore', '<', maxBytes)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (end === undefined) return { messages: [], isLast: true };
  const messages = await selectMessages(db)
    .where('m.teamId', '=', teamId)
    .where('m.chatId', '=', chatId)
    .where('m.isSuperseded', '=', false)
    .where('m.seq', '>', afterSeq)
    .where('m.seq', '<=', end.seq)
    .orderBy('m.seq')
    .execute();
  return { messages, isLast: end.isLast };
}

/**
 * The history that is sent to an agent: the newest messages with text up to and including `upToSeq`, oldest first,
 * within both limits. It always includes the message at `upToSeq`.
 */
export async function listHistory(
  db: Kysely<DB>,
  options: { teamId: string; chatId: string; upToSeq: number; maxMessages: number; maxBytes: number },
): Promise<{ role: MessageRole; content: string; timestamp: string }[]> {
  return db
    .with('newest', (qb) =>
      qb
        .selectFrom('messages')
        .select([
          'seq',
          'role',
          'content',
          'createdAt',
          sql<number>`sum(octet_length(content)) over (order by seq desc)`.as('totalBytes'),
        ])
        .where('teamId', '=', options.teamId)
        .where('chatId', '=', options.chatId)
        .where('seq', '<=', options.upToSeq)
        .where('content', '<>', '')
        .where('isSuperseded', '=', false)
        .orderBy('seq', 'desc')
        .limit(options.maxMessages),
    )
    .selectFrom('newest')
    .select(['role', 'content', 'createdAt as timestamp'])
    .where((eb) => eb.or([eb('totalBytes', '<=', options.maxBytes), eb('seq', '=', options.upToSeq)]))
    .orderBy('seq')
    .execute();
}
