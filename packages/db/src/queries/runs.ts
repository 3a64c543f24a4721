import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { leaseEnd } from '../lease-end.ts';

export type RunState = 'running' | 'succeeded' | 'failed' | 'canceled' | 'interrupted';
export type EndedRunState = Exclude<RunState, 'running'>;

export interface RunRow {
  id: string;
  chatId: string;
  userMessageId: string;
  assistantMessageId: string;
  state: RunState;
  errorReason: string | null;
  errorMessage: string | null;
  createdAt: string;
  /** Null while the run is active. */
  endedAt: string | null;
}

const runColumns = [
  'id',
  'chatId',
  'userMessageId',
  'assistantMessageId',
  'state',
  'errorReason',
  'errorMessage',
  'createdAt',
  'endedAt',
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

/** The chat's active run or, if there is none, its last one. */
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
  /** The run's writer. Any other instance is refused. */
  instanceId: string;
  state: EndedRunState;
  content: string;
  /** The answer's parts, its text among them; null if it is text alone. */
  parts: readonly unknown[] | null;
  error: { reason: string; message: string } | null;
  /** The events that are missing in the journal, ending with the terminal event, whose seq is `lastSeq`. */
  events: readonly unknown[];
  lastSeq: number;
}

/**
 * Ends a run, fills its message and completes its journal, in one statement. Returns false and writes nothing if this
 * instance is no longer the run's writer, because another one has ended the run or the chat was deleted.
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
        // The writer may have inserted a row with this seq just before it lost the run.
        .onConflict((conflict) => conflict.doNothing()),
    )
    .updateTable('messages as m')
    .from('ended')
    .set({
      content: ending.content,
      parts: ending.parts === null ? null : JSON.stringify(ending.parts),
      status: messageStatusOf[ending.state],
      updatedAt: sql<string>`now()`,
    })
    .whereRef('m.teamId', '=', 'ended.teamId')
    .whereRef('m.id', '=', 'ended.assistantMessageId')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Extends the leases of the runs that an instance executes, in one statement. Returns the ids of the runs that the
 * instance still owns. The ids are explicit because more rows may carry the instance's id: a run whose commit succeeded
 * but whose response was lost is not executed, and its lease must expire.
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

/** The data needed to end a run in place of its writer. */
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

/** Locks a chat's active run until the transaction ends. Returns undefined if there is none. */
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
 * Locks runs whose lease has expired until the transaction ends, and skips runs that another instance has locked. `all`
 * ignores the leases, for a process that is the only user of the database.
 */
export async function lockLapsed(
  trx: Kysely<DB>,
  { all, limit }: { all: boolean; limit: number },
): Promise<WrittenRun[]> {
  let query = selectRunningRuns(trx);
  if (!all) query = query.where('leaseExpiresAt', '<', sql<string>`now()`);
  return query.limit(limit).forUpdate().skipLocked().execute();
}
