// Creates chats and teams of a given size in a few statements, as if they had grown over years.
import { newId, type DB } from '@parley/db';
import { sql, type Kysely } from 'kysely';

export interface ChatOwner {
  teamId: string;
  userId: string;
  agentId: string;
}

/** Creates chats with `messages` messages each; every answer has a run. Returns the ids of the chats. */
export async function fillChats(
  db: Kysely<DB>,
  { teamId, userId, agentId }: ChatOwner,
  { chats, messages }: { chats: number; messages: number },
): Promise<string[]> {
  const chatIds = Array.from({ length: chats }, () => newId());
  const ids = sql`(select unnest(array[${sql.join(chatIds)}]::uuid[]) as id) as filled`;
  await sql`
    insert into chats (team_id, id, user_id, agent_id, title, last_seq)
    select ${teamId}, id, ${userId}, ${agentId}, 'A chat that has grown', ${messages} from ${ids}`.execute(
    db,
  );
  await sql`
    insert into messages (team_id, id, chat_id, seq, role, content, status, created_at)
    select ${teamId}, gen_random_uuid(), filled.id, seq,
      case when seq % 2 = 1 then 'user' else 'assistant' end,
      repeat('Some words of a conversation. ', 7), 'complete',
      now() - make_interval(secs => ${messages} - seq)
    from ${ids}, generate_series(1, ${messages}::int) as seq`.execute(db);
  await sql`
    insert into runs (team_id, id, chat_id, user_id, agent_id, user_message_id, assistant_message_id, state,
      instance_id, lease_expires_at, created_at, ended_at)
    select ${teamId}, gen_random_uuid(), asked.chat_id, ${userId}, ${agentId}, asked.id, answered.id, 'succeeded',
      gen_random_uuid(), asked.created_at, asked.created_at, answered.created_at
    from ${ids}
    join messages asked on asked.team_id = ${teamId} and asked.chat_id = filled.id and asked.role = 'user'
    join messages answered on answered.team_id = asked.team_id and answered.chat_id = asked.chat_id
      and answered.seq = asked.seq + 1`.execute(db);
  return chatIds;
}

/** Creates chats without messages, all of one user: the longest list that a team of this size can have. */
export async function fillTeam(
  db: Kysely<DB>,
  { teamId, userId, agentId }: ChatOwner,
  chats: number,
): Promise<void> {
  await sql`
    insert into chats (team_id, id, user_id, agent_id, title, last_activity_at, created_at)
    select ${teamId}, gen_random_uuid(), ${userId}, ${agentId}, 'Chat ' || number,
      now() - make_interval(mins => number), now() - make_interval(mins => number)
    from generate_series(1, ${chats}::int) as number`.execute(db);
}

/** Updates the planner's statistics, as autovacuum does while a database grows. */
export async function updateStatistics(db: Kysely<DB>): Promise<void> {
  await sql`analyze`.execute(db);
}
