// Fills a team with chats and ended runs of past days.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../src/index.ts';

export interface PastRuns {
  teamId: string;
  userIds: string[];
  agentIds: string[];
  chats: number;
  runsAChat: number;
  days: number;
}

/**
 * Inserts users, agents, chats and runs at random times of the last `days` days, all ended, in random states. A run's id
 * has the time of its creation.
 */
export async function insertPastRuns(db: Kysely<DB>, options: PastRuns): Promise<void> {
  const { teamId, userIds, agentIds, chats, runsAChat, days } = options;
  const pick = (ids: string[]) =>
    sql`(array[${sql.join(ids)}]::uuid[])[1 + floor(random() * ${sql.lit(ids.length)})::int]`;
  await sql`
    with filled as (
      insert into chats (team_id, id, user_id, title)
      select ${teamId}::uuid, gen_random_uuid(), ${pick(userIds)}, 'Past' from generate_series(1, ${chats}::int)
      returning id as chat_id, user_id
    ), past as materialized (
      select c.chat_id, c.user_id, number, gen_random_uuid() as asked, gen_random_uuid() as answered,
        date_trunc('milliseconds', now() - random() * make_interval(days => ${days})) as time
      from filled c, generate_series(1, ${runsAChat}::int) number
    ), inserted as (
      insert into messages (team_id, id, chat_id, seq, role, content, status, created_at)
      select ${teamId}::uuid, asked, chat_id, number * 2 - 1, 'user', 'Hello', 'complete', time from past
      union all
      select ${teamId}::uuid, answered, chat_id, number * 2, 'assistant', 'Hi', 'complete', time from past
    )
    insert into runs (team_id, id, chat_id, user_id, agent_id, user_message_id, assistant_message_id, state,
      error_reason, instance_id, lease_expires_at, created_at, ended_at)
    select ${teamId}::uuid,
      (lpad(to_hex((extract(epoch from time) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
      chat_id, user_id, ${pick(agentIds)}, asked, answered,
      (array['succeeded', 'failed', 'canceled', 'interrupted'])[1 + number % 4], 'AGENT_ERROR',
      gen_random_uuid(), time, time, time + random() * interval '1 minute'
    from past`.execute(db);
}
