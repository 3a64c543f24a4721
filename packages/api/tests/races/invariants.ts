// The invariants of the database after any calls on a stage, in any order.
import { sql, type Kysely } from 'kysely';
import type { DB } from '@parley/db';
import type { Move } from './moves.ts';
import type { Stage } from './stage.ts';

export interface Answer {
  move: Move;
  /** Null for a success. */
  reason: string | null;
  output: unknown;
}

/** The mutations that write an audit entry with every success. */
const audited = new Set([
  'agent.create',
  'agent.update',
  'agent.delete',
  'agent.setAvatar',
  'agent.removeAvatar',
  'agent.test',
  'auth.login',
  'auth.register',
  'auth.changePassword',
  'auth.revokeSession',
  'team.update',
  'team.setRole',
  'team.setActive',
  'team.createInvite',
]);

/** Returns the names of the broken ones. */
export async function findBrokenInvariants(
  db: Kysely<DB>,
  stage: Stage,
  answers: readonly Answer[],
): Promise<string[]> {
  const teamId = stage.team.id;
  const succeeded = (path: string) =>
    answers.filter(({ move, reason }) => move.path === path && reason === null).length;
  const { rows } = await sql<Record<string, boolean>>`
    select
      not exists (
        select from runs where team_id = ${teamId} and state = 'running' group by chat_id having count(*) > 1
      ) as "a chat has at most one active run",
      not exists (
        select from chats c where team_id = ${teamId} and last_seq <> (
          select coalesce(max(seq), 0) from messages m where m.team_id = c.team_id and m.chat_id = c.id
        )
      ) as "a chat counts its messages",
      not exists (
        select from messages m where team_id = ${teamId} and status = 'streaming' and not exists (
          select from runs r where r.team_id = m.team_id and r.assistant_message_id = m.id and r.state = 'running'
        )
      ) as "a message is streaming only while its run is active",
      not exists (
        select from runs r join messages m on m.team_id = r.team_id and m.id = r.assistant_message_id
        where r.team_id = ${teamId} and not m.is_superseded and exists (
          select from runs n
          where n.team_id = r.team_id and n.user_message_id = r.user_message_id and n.attempt > r.attempt
        )
      ) as "a retried answer is superseded",
      not exists (
        select from agent_avatars v where team_id = ${teamId} and not exists (
          select from agents a where a.team_id = v.team_id and a.id = v.agent_id
        )
      ) as "an avatar has its agent",
      not exists (
        select from agents a where team_id = ${teamId} and (
          select count(distinct is_changed) from (values
            (auth = 'header'), (auth_header is not null), (webhook_token_encrypted is not null),
            (first_byte_timeout_ms is not null), (max_text_bytes is not null), (answer_field is not null),
            (answer_nodes <> '[]'), (not show_steps), (not show_reasoning)
          ) as settings (is_changed)
        ) > 1
      ) as "an agent has the settings of one update",
      exists (
        select from users where team_id = ${teamId} and role = 'admin' and is_active
      ) as "a team has an active admin",
      not exists (
        select from invites where team_id = ${teamId} and used_at is not null and revoked_at is not null
      ) as "an invite is used or revoked, not both",
      not exists (
        select from sessions s join users u on u.team_id = s.team_id and u.id = s.user_id
        where s.team_id = ${teamId} and not u.is_active
      ) as "a disabled user has no session"
  `.execute(db);
  const broken = Object.entries(rows[0] ?? {}).flatMap(([name, holds]) => (holds ? [] : [name]));

  const entries = await db
    .selectFrom('auditLog')
    .select(['action', (eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count')])
    .where('teamId', '=', teamId)
    .groupBy('action')
    .execute();
  const counts = new Map(entries.map(({ action, count }) => [action, count]));
  for (const path of audited) {
    if ((counts.get(path) ?? 0) !== succeeded(path)) broken.push(`each ${path} has its audit entry`);
  }
  if (succeeded('auth.changePassword') > 0) {
    if (succeeded('auth.changePassword') > 1) broken.push('a password is changed from once');
    const others = await db
      .selectFrom('sessions')
      .select('id')
      .where('userId', '=', stage.member.id)
      .where('id', '<>', stage.member.sessionIdHash)
      .execute();
    if (others.length > 0) broken.push('a password change leaves no other session');
  }
  const registered = answers.filter(({ move, reason }) => move.note === 'with the invite' && reason === null);
  if (registered.length > 1) broken.push('an invite is used once');
  return broken;
}
