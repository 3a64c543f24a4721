import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { DB } from '../generated/database.ts';

export type RunState = 'running' | 'succeeded' | 'failed' | 'canceled' | 'interrupted';
export type EndedRunState = Exclude<RunState, 'running'>;

export interface RunRow {
  id: string;
  chatId: string;
  agentId: string | null;
  userMessageId: string;
  assistantMessageId: string;
  state: RunState;
  errorReason: string | null;
  errorMessage: string | null;
}

const runColumns = [
  'id',
  'chat_id as chatId',
  'agent_id as agentId',
  'user_message_id as userMessageId',
  'assistant_message_id as assistantMessageId',
  'state',
  'error_reason as errorReason',
  'error_message as errorMessage',
] as const;

/** When a lease taken now lapses. */
export function leaseEnd(leaseMs: number) {
  return sql<string>`now() + make_interval(secs => ${leaseMs / 1000})`;
}

export async function findRun(
  db: Kysely<DB>,
  { teamId, chatId, id }: { teamId: string; chatId: string; id: string },
): Promise<RunRow | undefined> {
  return db
    .selectFrom('runs')
    .select(runColumns)
    .where('team_id', '=', teamId)
    .where('chat_id', '=', chatId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The chat's active run or, where there is none, its last one. */
export async function findNewestRun(
  db: Kysely<DB>,
  { teamId, chatId }: { teamId: string; chatId: string },
): Promise<RunRow | undefined> {
  return db
    .selectFrom('runs')
    .select(runColumns)
    .where('team_id', '=', teamId)
    .where('chat_id', '=', chatId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

const messageStatusOf = {
  succeeded: 'complete',
  failed: 'failed',
  canceled: 'canceled',
  interrupted: 'interrupted',
} as const satisfies Record<EndedRunState, string>;

/**
 * Ends a run and fills its message, in one statement. Gives false, and writes nothing, where this instance is no longer
 * the run's writer: another one has ended it since, or the chat is gone.
 */
export async function endRun(
  db: Kysely<DB>,
  end: {
    teamId: string;
    runId: string;
    instanceId: string;
    state: EndedRunState;
    content: string;
    error: { reason: string; message: string } | null;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .with('ended', (qb) =>
      qb
        .updateTable('runs')
        .set({
          state: end.state,
          error_reason: end.error?.reason ?? null,
          error_message: end.error?.message ?? null,
          ended_at: sql<string>`now()`,
        })
        .where('team_id', '=', end.teamId)
        .where('id', '=', end.runId)
        .where('instance_id', '=', end.instanceId)
        .where('state', '=', 'running')
        .returning(['team_id', 'assistant_message_id']),
    )
    .updateTable('messages as m')
    .from('ended')
    .set({ content: end.content, status: messageStatusOf[end.state], updated_at: sql<string>`now()` })
    .whereRef('m.team_id', '=', 'ended.team_id')
    .whereRef('m.id', '=', 'ended.assistant_message_id')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The heartbeat of one instance: one statement for all of its runs, however many. */
export async function extendLeases(
  db: Kysely<DB>,
  { instanceId, leaseMs }: { instanceId: string; leaseMs: number },
): Promise<void> {
  await db
    .updateTable('runs')
    .set({ lease_expires_at: leaseEnd(leaseMs) })
    .where('instance_id', '=', instanceId)
    .where('state', '=', 'running')
    .execute();
}

/** Ends every run whose lease has lapsed, each exactly once whoever else tries, and gives their number. */
export async function endLapsedRuns(
  db: Kysely<DB>,
  error: { reason: string; message: string },
): Promise<number> {
  return interruptRuns(db, error, sql<boolean>`lease_expires_at < now()`);
}

/** Ends every active run, whoever holds its lease: for a process that has the database to itself, when it starts. */
export async function endAllRuns(
  db: Kysely<DB>,
  error: { reason: string; message: string },
): Promise<number> {
  return interruptRuns(db, error, sql<boolean>`true`);
}

async function interruptRuns(
  db: Kysely<DB>,
  error: { reason: string; message: string },
  which: RawBuilder<boolean>,
): Promise<number> {
  const { numUpdatedRows } = await db
    .with('ended', (qb) =>
      qb
        .updateTable('runs')
        .set({
          state: 'interrupted',
          error_reason: error.reason,
          error_message: error.message,
          ended_at: sql<string>`now()`,
        })
        .where('state', '=', 'running')
        .where(which)
        .returning(['team_id', 'assistant_message_id']),
    )
    .updateTable('messages as m')
    .from('ended')
    .set({ status: 'interrupted', updated_at: sql<string>`now()` })
    .whereRef('m.team_id', '=', 'ended.team_id')
    .whereRef('m.id', '=', 'ended.assistant_message_id')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
