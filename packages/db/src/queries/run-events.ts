// The journal of runs. An insert wakes the followers by a trigger.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { Json } from '../json.ts';

/** What is new in one run. */
export interface RunEventsRow {
  teamId: string;
  runId: string;
  /** The seq of the last event. */
  seq: number;
  events: readonly unknown[];
}

/**
 * Writes what is new in all runs of one instance, in one statement. Gives the ids of the runs that took it: the others
 * are not this instance's to write any more. The lock waits for whoever is just ending a run (lockActiveRun,
 * lockLapsedRuns): without it, what has been written by then would be in the journal behind the run's end.
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

/** What a run's journal has after an event, oldest first. The first row may begin before that event. */
export async function list(
  db: Kysely<DB>,
  { teamId, runId, afterSeq }: { teamId: string; runId: string; afterSeq: number },
): Promise<{ seq: number; events: Json }[]> {
  return db
    .selectFrom('runEvents')
    .select(['seq', 'events'])
    .where('teamId', '=', teamId)
    .where('runId', '=', runId)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .execute();
}

/** Removes a batch of what runs wrote that have ended since; a run that is active keeps all of its journal. */
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
    ) old
    where e.team_id = old.team_id and e.run_id = old.run_id and e.seq = old.seq
  `.execute(db);
}
