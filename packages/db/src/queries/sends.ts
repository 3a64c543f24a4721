// A send: a user's message, the empty message of the agent, and the run that will fill it.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { leaseEnd } from '../lease-end.ts';
import { isUniqueViolation } from '../unique-violation.ts';
import type { ChatKey } from './chats.ts';
import type { RunState } from './runs.ts';

/** Locks a chat until the transaction ends, so that sends into it happen one after the other, and says what they need. */
export async function lockChat(trx: Kysely<DB>, { teamId, userId, id }: ChatKey) {
  return trx
    .selectFrom('chats as c')
    .leftJoin('agents as a', (join) =>
      join.onRef('a.team_id', '=', 'c.team_id').onRef('a.id', '=', 'c.agent_id'),
    )
    .select((eb) => [
      'c.last_seq as lastSeq',
      'a.id as agentId',
      'a.is_active as isAgentActive',
      eb
        .exists(
          eb
            .selectFrom('runs as r')
            .select('r.id')
            .whereRef('r.team_id', '=', 'c.team_id')
            .whereRef('r.chat_id', '=', 'c.id')
            .where('r.state', '=', 'running'),
        )
        .$castTo<boolean>()
        .as('hasActiveRun'),
    ])
    .where('c.team_id', '=', teamId)
    .where('c.user_id', '=', userId)
    .where('c.id', '=', id)
    .forUpdate('c')
    .executeTakeFirst();
}

export interface SendRow {
  messageId: string;
  chatId: string;
  seq: number;
  content: string;
  timestamp: string;
  runId: string;
  assistantMessageId: string;
}

/** A send with one of its runs. */
export interface AttemptRow extends SendRow {
  /** Counted from 1. */
  attempt: number;
  state: RunState;
}

function selectSends(db: Kysely<DB>, teamId: string) {
  return db
    .selectFrom('messages as m')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.team_id', '=', 'm.team_id').onRef('r.user_message_id', '=', 'm.id'),
    )
    .select([
      'm.id as messageId',
      'm.chat_id as chatId',
      'm.seq',
      'm.content',
      'm.created_at as timestamp',
      'r.id as runId',
      'r.assistant_message_id as assistantMessageId',
      'r.attempt',
      'r.state',
    ])
    .where('m.team_id', '=', teamId);
}

/** The send with this message id, with the first run that it started. The caller has to check whose chat it is. */
export async function find(
  db: Kysely<DB>,
  { teamId, messageId }: { teamId: string; messageId: string },
): Promise<SendRow | undefined> {
  return selectSends(db, teamId)
    .where('m.id', '=', messageId)
    .orderBy('r.attempt')
    .limit(1)
    .executeTakeFirst();
}

/** A run of a chat, and the one that was started in its place, if any. */
export async function findAttempts(
  db: Kysely<DB>,
  { teamId, chatId, runId }: { teamId: string; chatId: string; runId: string },
): Promise<{ run: AttemptRow; next: AttemptRow | undefined } | undefined> {
  const run = await selectSends(db, teamId)
    .where('r.id', '=', runId)
    .where('r.chat_id', '=', chatId)
    .executeTakeFirst();
  if (run === undefined) return undefined;
  const next = await selectSends(db, teamId)
    .where('m.id', '=', run.messageId)
    .where('r.attempt', '=', run.attempt + 1)
    .executeTakeFirst();
  return { run, next };
}

/**
 * Writes a send at the end of its chat, in one statement; the caller holds the chat's lock.
 * @throws where the team has a message of this id in another chat: see `isMessageIdTaken`
 */
export async function insert(
  trx: Kysely<DB>,
  send: {
    teamId: string;
    userId: string;
    agentId: string;
    chatId: string;
    messageId: string;
    content: string;
    runId: string;
    assistantMessageId: string;
    /** The seq of the chat's newest message before this. */
    lastSeq: number;
    instanceId: string;
    leaseMs: number;
  },
): Promise<SendRow> {
  const { chatId, messageId, content, runId, assistantMessageId } = send;
  const ofChat = { team_id: send.teamId, chat_id: chatId };
  const seq = send.lastSeq + 1;
  const { timestamp } = await trx
    .with('new_messages', (qb) =>
      qb.insertInto('messages').values([
        { ...ofChat, id: messageId, seq, role: 'user', content, status: 'complete' },
        {
          ...ofChat,
          id: assistantMessageId,
          seq: seq + 1,
          role: 'assistant',
          content: '',
          status: 'streaming',
        },
      ]),
    )
    .with('new_run', (qb) =>
      qb.insertInto('runs').values({
        ...ofChat,
        id: runId,
        user_id: send.userId,
        agent_id: send.agentId,
        user_message_id: messageId,
        assistant_message_id: assistantMessageId,
        instance_id: send.instanceId,
        lease_expires_at: leaseEnd(send.leaseMs),
      }),
    )
    .updateTable('chats')
    .set({ last_seq: seq + 1, last_activity_at: sql<string>`now()` })
    .where('team_id', '=', send.teamId)
    .where('id', '=', chatId)
    // All rows of the transaction have the same now().
    .returning('last_activity_at as timestamp')
    .executeTakeFirstOrThrow();
  return { messageId, chatId, seq, content, timestamp, runId, assistantMessageId };
}

/**
 * Writes one more attempt at the answer to a message, in one statement: the earlier answer is superseded by an empty one
 * at the end of the chat, with a run that will fill it. The caller holds the chat's lock.
 */
export async function insertRetry(
  trx: Kysely<DB>,
  retry: {
    teamId: string;
    userId: string;
    agentId: string;
    earlier: AttemptRow;
    runId: string;
    assistantMessageId: string;
    lastSeq: number;
    instanceId: string;
    leaseMs: number;
  },
): Promise<void> {
  const { teamId, earlier, assistantMessageId } = retry;
  const ofChat = { team_id: teamId, chat_id: earlier.chatId };
  const seq = retry.lastSeq + 1;
  await trx
    .with('superseded', (qb) =>
      qb
        .updateTable('messages')
        .set({ is_superseded: true, updated_at: sql<string>`now()` })
        .where('team_id', '=', teamId)
        .where('id', '=', earlier.assistantMessageId),
    )
    .with('new_message', (qb) =>
      qb.insertInto('messages').values({
        ...ofChat,
        id: assistantMessageId,
        seq,
        role: 'assistant',
        content: '',
        status: 'streaming',
      }),
    )
    .with('new_run', (qb) =>
      qb.insertInto('runs').values({
        ...ofChat,
        id: retry.runId,
        user_id: retry.userId,
        agent_id: retry.agentId,
        user_message_id: earlier.messageId,
        assistant_message_id: assistantMessageId,
        attempt: earlier.attempt + 1,
        instance_id: retry.instanceId,
        lease_expires_at: leaseEnd(retry.leaseMs),
      }),
    )
    .updateTable('chats')
    .set({ last_seq: seq, last_activity_at: sql<string>`now()` })
    .where('team_id', '=', teamId)
    .where('id', '=', earlier.chatId)
    .execute();
}

/** Whether `insert` failed because the message id is taken. The statement writes both tables, in no certain order. */
export function isMessageIdTaken(error: unknown): boolean {
  return (
    isUniqueViolation(error, 'messages_pkey') ||
    isUniqueViolation(error, 'runs_team_id_user_message_id_attempt_key')
  );
}
