import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { leaseEnd } from '../lease-end.ts';

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
  'chatId',
  'agentId',
  'userMessageId',
  'assistantMessageId',
  'state',
  'errorReason',
  'errorMessage',
] as const;

export async function find(
  db: Kysely<DB>,
  { teamId, chatId, id }: { teamId: string; chatId: string; id: string },
): Promise<RunRow | undefined> {
  return db
    .selectFrom('runs')
    .select(runColumns)
    .where('teamId', '=', teamId)
    .where('chatId', '=', chatId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The chat's active run or, where there is none, its last one. */
export async function findNewest(
  db: Kysely<DB>,
  { teamId, chatId }: { teamId: string; chatId: string },
): Promise<RunRow | undefined> {
  return db
    .selectFrom('runs')
    .select(runColumns)
    .where('teamId', '=', teamId)
    .where('chatId', '=', chatId)
    .orderBy('createdAt', 'desc')
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

export interface RunEnding {
  teamId: string;
  runId: string;
  /** Who writes the run: an ending by anybody else is refused. */
  instanceId: string;
  state: EndedRunState;
  content: string;
  error: { reason: string; message: string } | null;
  /** What the journal lacks, the terminal event last, and the seq of that. */
  events: readonly unknown[];
  lastSeq: number;
}

/**
 * Ends a run, fills its message and closes its journal, in one statement. Gives false, and writes nothing, where this
 * instance is no longer the run's writer: another one has ended it since, or the chat is gone.
 */
export async function end(db: Kysely<DB>, ending: RunEnding): Promise<boolean> {
  const { numUpdatedRows } = await db
    .with('ended', (qb) =>
      qb
        .updateTable('runs')
        .set({
          state: ending.state,
          errorReason: ending.error?.reason ?? null,
          errorMessage: ending.error?.message ?? null,
          endedAt: sql<string>`now()`,
        })
        .where('teamId', '=', ending.teamId)
        .where('id', '=', ending.runId)
        .where('instanceId', '=', ending.instanceId)
        .where('state', '=', 'running')
        .returning(['teamId', 'id', 'assistantMessageId']),
    )
    .with('closed', (qb) =>
      qb
        .insertInto('runEvents')
        .columns(['teamId', 'runId', 'seq', 'events'])
        .expression((eb) =>
          eb
            .selectFrom('ended')
            .select((select) => [
              'ended.teamId',
              'ended.id',
              sql<number>`${ending.lastSeq}::integer`.as('seq'),
              select.cast<string>(select.val(JSON.stringify(ending.events)), 'jsonb').as('events'),
            ]),
        )
        // A row that the writer lost the right to write may have come in between.
        .onConflict((conflict) => conflict.doNothing()),
    )
    .updateTable('messages as m')
    .from('ended')
    .set({ content: ending.content, status: messageStatusOf[ending.state], updatedAt: sql<string>`now()` })
    .whereRef('m.teamId', '=', 'ended.teamId')
    .whereRef('m.id', '=', 'ended.assistantMessageId')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * The heartbeat of one instance: one statement for all of the runs that it executes, however many. Gives the ids of those it
 * still has. It names them, since more may stand under its name: a run whose commit got through though its answer was
 * lost is executed by nobody, and its lease has to lapse.
 */
export async function extendLeases(
  db: Kysely<DB>,
  { instanceId, runIds, leaseMs }: { instanceId: string; runIds: readonly string[]; leaseMs: number },
): Promise<Set<string>> {
  const rows = await db
    .updateTable('runs')
    .set({ leaseExpiresAt: leaseEnd(leaseMs) })
    .where('instanceId', '=', instanceId)
    .where('state', '=', 'running')
    .where(
      sql<boolean>`id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(runIds)}::jsonb))`,
    )
    .returning('id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** What it takes to end a run that another instance writes. */
export interface WrittenRun {
  teamId: string;
  runId: string;
  instanceId: string;
  assistantMessageId: string;
}

function selectRunningRuns(trx: Kysely<DB>) {
  return trx
    .selectFrom('runs')
    .select(['teamId', 'id as runId', 'instanceId', 'assistantMessageId'])
    .where('state', '=', 'running');
}

/** Locks a chat's active run until the transaction ends; `undefined` where it has none. */
export async function lockActive(
  trx: Kysely<DB>,
  { teamId, chatId }: { teamId: string; chatId: string },
): Promise<WrittenRun | undefined> {
  return selectRunningRuns(trx)
    .where('teamId', '=', teamId)
    .where('chatId', '=', chatId)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Locks runs whose writer is gone until the transaction ends; those that another instance has locked are left to it.
 * `all`: whatever their lease says, for a process that has the database to itself.
 */
export async function lockLapsed(
  trx: Kysely<DB>,
  { all, limit }: { all: boolean; limit: number },
): Promise<WrittenRun[]> {
  let query = selectRunningRuns(trx);
  if (!all) query = query.where('leaseExpiresAt', '<', sql<string>`now()`);
  return query.limit(limit).forUpdate().skipLocked().execute();
}
