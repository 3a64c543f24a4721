// The journal of runs. A trigger notifies the followers of each insert.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { Json } from '../json.ts';
import { TEST_CHANNEL } from '../listen-for-run-events.ts';

/** The new events of one run. */
export interface RunEventsRow {
  teamId: string;
  runId: string;
  /** The seq of the last event. */
  seq: number;
  events: readonly unknown[];
}

/**
 * Writes the new events of all runs of one instance in one statement. Returns the ids of the runs that accepted them;
 * this instance no longer writes the others. The row lock waits for a transaction that is ending a run
 * (`runs.lockActive`, `runs.lockLapsed`). Without it, these events could follow the run's end in the journal.
 */
export async function insert(
  db: Kysely<DB>,
  { instanceId, rows }: { instanceId: string; rows: RunEventsRow[] },
): Promise<Set<string>> {
  const json = JSON.stringify(
    rows.map(({ teamId, runId, seq, events }) => ({ team_id: teamId, run_id: runId, seq, events })),
  );
  const { rows: taken } = await sql<{ id: string }>`
    with mine as (
      select r.team_id, r.id, n.seq, n.events
      from jsonb_to_recordset(${json}::jsonb) as n (team_id uuid, run_id uuid, seq integer, events jsonb)
      join runs r on r.team_id = n.team_id and r.id = n.run_id
      where r.instance_id = ${instanceId} and r.state = 'running'
      for key share of r
    ), written as (
      insert into run_events (team_id, run_id, seq, events)
      select team_id, id, seq, events from mine
      on conflict do nothing
    )
    select id from mine
  `.execute(db);
  return new Set(taken.map(({ id }) => id));
}

/** A page has at most this many rows, and rows of about this many events. */
const PAGE_ROWS = 64;
const PAGE_EVENTS = 2_000;

interface JournalRow {
  seq: number;
  events: Json;
  /** Whether another row follows. */
  hasNext: boolean;
}

/** A page of the journal of a run after an event, oldest first. The first row may start before that event. */
export async function list(
  db: Kysely<DB>,
  { teamId, runId, afterSeq }: { teamId: string; runId: string; afterSeq: number },
): Promise<JournalRow[]> {
  const rows = db
    .selectFrom('runEvents')
    .select([
      'seq',
      'events',
      sql<number>`first_value(seq) over (order by seq)`.as('firstSeq'),
      sql<boolean>`lead(seq) over (order by seq) is not null`.as('hasNext'),
    ])
    .where('teamId', '=', teamId)
    .where('runId', '=', runId)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(PAGE_ROWS);
  return db
    .selectFrom(rows.as('page'))
    .select(['seq', 'events', 'hasNext'])
    .where('seq', '<=', sql<number>`greatest(${afterSeq + PAGE_EVENTS}::integer, first_seq)`)
    .orderBy('seq')
    .execute();
}

/**
 * Deletes a batch of old events of ended runs. An active run keeps its whole journal. Locked rows are skipped: another
 * transaction is deleting them, and two transactions that delete the same rows in different orders deadlock.
 */
export async function deleteOld(
  db: Kysely<DB>,
  { retentionMs, limit }: { retentionMs: number; limit: number },
): Promise<void> {
  await sql`
    delete from run_events e
    using (
      select e.team_id, e.run_id, e.seq
      from run_events e
      join runs r on r.team_id = e.team_id and r.id = e.run_id
      where e.created_at < now() - make_interval(secs => ${retentionMs / 1000}) and r.state <> 'running'
        and r.ended_at < now() - make_interval(secs => ${retentionMs / 1000})
      order by e.created_at
      limit ${limit}
      for update of e skip locked
    ) old
    where e.team_id = old.team_id and e.run_id = old.run_id and e.seq = old.seq
  `.execute(db);
}

/** Sends a notification that tells a listener that it hears others. */
export async function notifyListener(db: Kysely<DB>, payload: string): Promise<void> {
  await sql`select pg_notify(${TEST_CHANNEL}, ${payload})`.execute(db);
}
