// A send consists of a user's message, the agent's message, which is still empty, and the run that will fill it.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { leaseEnd } from '../lease-end.ts';
import { isUniqueViolation } from '../unique-violation.ts';
import type { RunState } from './runs.ts';

interface ChatOfTeam {
  teamId: string;
  chatId: string;
}

export interface AnswerState {
  /** Null if the agent was deleted. */
  agentId: string | null;
  isAgentActive: boolean | null;
  hasActiveRun: boolean;
}

function selectAnswerState(trx: Kysely<DB>, { teamId, chatId }: ChatOfTeam) {
  return trx
    .selectFrom('chats as c')
    .leftJoin('agents as a', (join) =>
      join.onRef('a.teamId', '=', 'c.teamId').onRef('a.id', '=', 'c.agentId'),
    )
    .select((eb) => [
      'a.id as agentId',
      'a.isActive as isAgentActive',
      eb
        .exists(
          eb
            .selectFrom('runs as active')
            .select('active.id')
            .whereRef('active.teamId', '=', 'c.teamId')
            .whereRef('active.chatId', '=', 'c.id')
            .where('active.state', '=', 'running'),
        )
        .$castTo<boolean>()
        .as('hasActiveRun'),
    ])
    .where('c.teamId', '=', teamId)
    .where('c.id', '=', chatId);
}

/**
 * Tells whether an answer can start in a chat. Call it after `chats.lock`: a statement sees what was committed before it
 * began, so the statement that waits for the lock does not see the run of the send that it waited for.
 */
export async function getAnswerState(trx: Kysely<DB>, chat: ChatOfTeam): Promise<AnswerState> {
  return selectAnswerState(trx, chat).executeTakeFirstOrThrow();
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
  /** Counts from 1. */
  attempt: number;
  state: RunState;
}

function selectAttempts(db: Kysely<DB>, teamId: string) {
  return db
    .selectFrom('messages as m')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.teamId', '=', 'm.teamId').onRef('r.userMessageId', '=', 'm.id'),
    )
    .select([
      'm.id as messageId',
      'm.chatId',
      'm.seq',
      'm.content',
      'm.createdAt as timestamp',
      'r.id as runId',
      'r.assistantMessageId',
      'r.attempt',
      'r.state',
    ])
    .where('m.teamId', '=', teamId);
}

/**
 * Returns the answer state and, in the same statement, the send with this message id and the first run that it started.
 * The caller checks whose chat that send is in.
 */
export async function findWithAnswerState(
  trx: Kysely<DB>,
  { messageId, ...chat }: ChatOfTeam & { messageId: string },
): Promise<{ state: AnswerState; earlier: SendRow | undefined }> {
  const row = await selectAnswerState(trx, chat)
    .leftJoin('messages as m', (join) => join.onRef('m.teamId', '=', 'c.teamId').on('m.id', '=', messageId))
    .leftJoin('runs as r', (join) =>
      join.onRef('r.teamId', '=', 'm.teamId').onRef('r.userMessageId', '=', 'm.id').on('r.attempt', '=', 1),
    )
    .select([
      'm.chatId',
      'm.seq',
      'm.content',
      'm.createdAt as timestamp',
      'r.id as runId',
      'r.assistantMessageId',
    ])
    .executeTakeFirstOrThrow();
  const { agentId, isAgentActive, hasActiveRun, ...send } = row;
  const state = { agentId, isAgentActive, hasActiveRun };
  return { state, earlier: isSend(send) ? { messageId, ...send } : undefined };
}

type OuterJoined<Row> = { [Column in keyof Row]: Row[Column] | null };

function isSend(row: OuterJoined<Omit<SendRow, 'messageId'>>): row is Omit<SendRow, 'messageId'> {
  return Object.values(row).every((value) => value !== null);
}

/** A run of a chat with the seq of its answer, and its retry if there is one. */
export async function findAttempts(
  db: Kysely<DB>,
  { teamId, chatId, runId }: { teamId: string; chatId: string; runId: string },
): Promise<{ run: AttemptRow & { answerSeq: number }; next: AttemptRow | undefined } | undefined> {
  const run = await selectAttempts(db, teamId)
    .innerJoin('messages as answer', (join) =>
      join.onRef('answer.teamId', '=', 'r.teamId').onRef('answer.id', '=', 'r.assistantMessageId'),
    )
    .select('answer.seq as answerSeq')
    .where('r.id', '=', runId)
    .where('r.chatId', '=', chatId)
    .executeTakeFirst();
  if (run === undefined) return undefined;
  const next = await selectAttempts(db, teamId)
    .where('m.id', '=', run.messageId)
    .where('r.attempt', '=', run.attempt + 1)
    .executeTakeFirst();
  return { run, next };
}

/**
 * Appends a send to its chat in one statement. The caller holds the chat's lock.
 * @throws a unique violation if the team has a message with this id in another chat: see `isMessageIdTaken`
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
    /** The seq of the chat's newest message before this send. */
    lastSeq: number;
    instanceId: string;
    leaseMs: number;
  },
): Promise<SendRow> {
  const { chatId, messageId, content, runId, assistantMessageId } = send;
  const ofChat = { teamId: send.teamId, chatId };
  const seq = send.lastSeq + 1;
  const { timestamp } = await trx
    .with('newMessages', (qb) =>
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
    .with('newRun', (qb) =>
      qb.insertInto('runs').values({
        ...ofChat,
        id: runId,
        userId: send.userId,
        agentId: send.agentId,
        userMessageId: messageId,
        assistantMessageId,
        instanceId: send.instanceId,
        leaseExpiresAt: leaseEnd(send.leaseMs),
      }),
    )
    .updateTable('chats')
    .set({ lastSeq: seq + 1, lastActivityAt: sql<string>`now()` })
    .where('teamId', '=', send.teamId)
    .where('id', '=', chatId)
    // All rows of the transaction have the same now().
    .returning('lastActivityAt as timestamp')
    .executeTakeFirstOrThrow();
  return { messageId, chatId, seq, content, timestamp, runId, assistantMessageId };
}

/**
 * Writes another attempt at an answer in one statement: an empty message at the end of the chat supersedes the earlier
 * answer, with a run that will fill it. The caller holds the chat's lock.
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
  const ofChat = { teamId, chatId: earlier.chatId };
  const seq = retry.lastSeq + 1;
  await trx
    .with('superseded', (qb) =>
      qb
        .updateTable('messages')
        .set({ isSuperseded: true, updatedAt: sql<string>`now()` })
        .where('teamId', '=', teamId)
        .where('id', '=', earlier.assistantMessageId),
    )
    .with('newMessage', (qb) =>
      qb.insertInto('messages').values({
        ...ofChat,
        id: assistantMessageId,
        seq,
        role: 'assistant',
        content: '',
        status: 'streaming',
      }),
    )
    .with('newRun', (qb) =>
      qb.insertInto('runs').values({
        ...ofChat,
        id: retry.runId,
        userId: retry.userId,
        agentId: retry.agentId,
        userMessageId: earlier.messageId,
        assistantMessageId,
        attempt: earlier.attempt + 1,
        instanceId: retry.instanceId,
        leaseExpiresAt: leaseEnd(retry.leaseMs),
      }),
    )
    .updateTable('chats')
    .set({ lastSeq: seq, lastActivityAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', earlier.chatId)
    .execute();
}

/** Whether `insert` failed because the message id is taken. Either of the two tables may report it first. */
export function isMessageIdTaken(error: unknown): boolean {
  return (
    isUniqueViolation(error, 'messages_pkey') ||
    isUniqueViolation(error, 'runs_team_id_user_message_id_attempt_key')
  );
}
