// Triggers that record changes that the final state does not show: every transition of a run, and every write to a finished answer.
import type pg from 'pg';
import type { ObservedDatabase, ObservedMessage, ObservedRun } from '../check/observed-database.ts';

const watch = `
  create table chaos_transitions (
    run_id uuid not null, old_state text not null, new_state text not null, at timestamptz not null default clock_timestamp());
  create table chaos_rewrites (message_id uuid not null, at timestamptz not null default clock_timestamp());

  create function chaos_note_transition() returns trigger language plpgsql security definer as $$
    begin
      insert into chaos_transitions (run_id, old_state, new_state) values (new.id, old.state, new.state);
      return null;
    end $$;
  create trigger chaos_transition after update on runs
    for each row when (old.state is distinct from new.state) execute function chaos_note_transition();

  create function chaos_note_rewrite() returns trigger language plpgsql security definer as $$
    begin
      insert into chaos_rewrites (message_id) values (new.id);
      return null;
    end $$;
  create trigger chaos_rewrite after update on messages
    for each row when (
      old.role = 'assistant' and old.status <> 'streaming'
      and (old.content is distinct from new.content or old.parts is distinct from new.parts
        or old.status is distinct from new.status))
    execute function chaos_note_rewrite();
`;

/** @param admin connections of the tables' owner */
export async function watchDatabase(admin: pg.Pool): Promise<void> {
  await admin.query(watch);
}

/** Reads the final database. Call it when no run is active. */
export async function observeDatabase(admin: pg.Pool): Promise<ObservedDatabase> {
  const select = async <Row extends pg.QueryResultRow>(query: string): Promise<Row[]> =>
    (await admin.query<Row>(query)).rows;
  return {
    chats: await select('select id, last_seq as "lastSeq" from chats'),
    messages: await select<ObservedMessage>(
      'select id, chat_id as "chatId", seq, role, content, parts, status, is_superseded as "isSuperseded" from messages',
    ),
    runs: await select<ObservedRun>(
      `select id, chat_id as "chatId", user_message_id as "userMessageId", assistant_message_id as "assistantMessageId",
         attempt, state, error_reason as "errorReason", instance_id as "instanceId",
         (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
         (extract(epoch from ended_at) * 1000)::float8 as "endedAtMs"
       from runs`,
    ),
    transitions: await select(
      `select run_id as "runId", old_state as "from", new_state as "to", (extract(epoch from at) * 1000)::float8 as "atMs"
       from chaos_transitions order by at`,
    ),
    rewrites: await select(
      'select message_id as "messageId", (extract(epoch from at) * 1000)::float8 as "atMs" from chaos_rewrites',
    ),
    terminals: await select(
      `select run_id as "runId", count(*) filter (where event ->> 'type' in ('done', 'error'))::int as count
       from (select distinct run_id, seq - jsonb_array_length(events) + ordinality as seq, event
             from run_events, jsonb_array_elements(events) with ordinality as elements (event, ordinality)) journal
       group by run_id`,
    ),
  };
}
