// One row of every table for a team, so that each constraint has something to hold on to.
import type { Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { DB } from '../src/generated/database.ts';

export interface TeamRows {
  teamId: string;
  userId: string;
  agentId: string;
  chatId: string;
  runId: string;
}

const later = '2030-01-01T00:00:00.000Z';

export async function insertTeam(db: Kysely<DB>, slug: string): Promise<TeamRows> {
  const [team_id, user_id, agent_id, chat_id, run_id] = [uuid(), uuid(), uuid(), uuid(), uuid()];
  const [userMessageId, assistantMessageId] = [uuid(), uuid()];
  await db.insertInto('teams').values({ id: team_id, slug, name: slug }).execute();
  await db
    .insertInto('users')
    .values({ team_id, id: user_id, email: 'ann@example.com', display_name: 'Ann', password_hash: '-' })
    .execute();
  await db
    .insertInto('sessions')
    .values({ team_id, id: `session-${slug}`, user_id, expires_at: later })
    .execute();
  await db
    .insertInto('api_keys')
    .values({ team_id, id: uuid(), user_id, name: 'ci', key_hash: '-' })
    .execute();
  await db
    .insertInto('invites')
    .values({
      team_id,
      id: uuid(),
      token_hash: '-',
      created_by: user_id,
      used_by: user_id,
      expires_at: later,
    })
    .execute();
  await db
    .insertInto('agents')
    .values({
      team_id,
      id: agent_id,
      name: 'Helper',
      webhook_url: 'http://localhost',
      config: '{"a":[1,"é"]}',
    })
    .execute();
  await db
    .insertInto('agent_avatars')
    .values({ team_id, agent_id, content_type: 'image/png', bytes: new Uint8Array([0, 127, 255]), etag: '-' })
    .execute();
  await db.insertInto('chats').values({ team_id, id: chat_id, user_id, agent_id, title: 'Hello' }).execute();
  const message = { team_id, chat_id, status: 'complete' } as const;
  await db
    .insertInto('messages')
    .values([
      { ...message, id: assistantMessageId, seq: 2, role: 'assistant', content: 'Hi "you"' },
      { ...message, id: userMessageId, seq: 1, role: 'user', content: 'Hello' },
    ])
    .execute();
  await db
    .insertInto('runs')
    .values({
      ...{ team_id, id: run_id, chat_id, user_id, agent_id, instance_id: uuid(), lease_expires_at: later },
      ...{ user_message_id: userMessageId, assistant_message_id: assistantMessageId },
    })
    .execute();
  await db.insertInto('run_events').values({ team_id, run_id, seq: 1, events: '[]' }).execute();
  await db
    .insertInto('error_logs')
    .values({ team_id, id: uuid(), reason: 'AGENT_ERROR', message: 'No', agent_id, run_id, user_id })
    .execute();
  await db
    .insertInto('audit_log')
    .values({ team_id, id: uuid(), actor_id: user_id, action: 'agent.create' })
    .execute();
  return { teamId: team_id, userId: user_id, agentId: agent_id, chatId: chat_id, runId: run_id };
}
