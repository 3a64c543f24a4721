// Two teams whose rows have the same ids and differ only in team_id, so a query without its team predicate returns
// wrong rows. The second team's rows have other texts.
import { sql, type Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { DB } from '../../src/index.ts';
import { insertTeam, type TeamRows } from '../fixture.ts';

export interface TwinTeams extends TeamRows {
  /** The other team, whose rows have the same ids. */
  otherTeamId: string;
  /** A team without any other rows. */
  emptyTeamId: string;
  email: string;
  sessionIdHash: string;
  instanceId: string;
  apiKeyId: string;
  inviteId: string;
  /** The chat with the active run, and its messages. */
  userMessageId: string;
  assistantMessageId: string;
  /** A chat that is empty in this team, and has an active run in the other team. */
  quietChatId: string;
  /** A chat whose run failed, and was retried in the other team only. */
  failedChatId: string;
  failedRunId: string;
  failedUserMessageId: string;
  failedAssistantMessageId: string;
}

/** A past day, whose runs can be rolled up. */
const closedDay = '2026-01-01T00:00:00.000Z';

export async function insertTwinTeams(db: Kysely<DB>): Promise<TwinTeams> {
  const rows = await insertTeam(db, 'north');
  const { teamId, userId, agentId } = rows;
  const quietChatId = uuid();
  const [failedChatId, failedRunId, failedUserMessageId, failedAssistantMessageId] = [
    uuid(),
    uuid({ msecs: Date.parse(closedDay) }),
    uuid(),
    uuid(),
  ];
  await db
    .insertInto('chats')
    .values({ teamId, id: failedChatId, userId, agentId, title: 'Failed', lastSeq: 2 })
    .execute();
  const message = { teamId, chatId: failedChatId };
  await db
    .insertInto('messages')
    .values([
      { ...message, id: failedUserMessageId, seq: 1, role: 'user', content: 'Hello', status: 'complete' },
      {
        ...message,
        id: failedAssistantMessageId,
        seq: 2,
        role: 'assistant',
        content: 'He',
        status: 'failed',
      },
    ])
    .execute();
  await db
    .insertInto('runs')
    .values({
      ...{ teamId, id: failedRunId, chatId: failedChatId, userId, agentId, instanceId: uuid() },
      ...{ userMessageId: failedUserMessageId, assistantMessageId: failedAssistantMessageId },
      ...{ state: 'failed', errorReason: 'AGENT_ERROR', createdAt: closedDay, endedAt: closedDay },
      leaseExpiresAt: '2026-01-01T00:00:00.000Z',
    })
    .execute();
  await db.insertInto('chats').values({ teamId, id: quietChatId, userId, agentId, title: 'Quiet' }).execute();
  // Adapts the fixture: the invite is unused, the agent has a loopback URL, and attempts start with 2, so that the
  // other team can have a first one.
  await db.updateTable('invites').set({ usedBy: null }).execute();
  await db
    .updateTable('agents')
    .set({ webhookUrl: 'http://127.0.0.1:1/demo', webhookTokenEncrypted: Buffer.from('sealed') })
    .execute();
  await db.updateTable('runs').set({ attempt: 2 }).execute();
  const otherTeamId = uuid();
  const emptyTeamId = uuid();
  await db
    .insertInto('teams')
    .values([
      { id: otherTeamId, slug: 'south', name: 'South' },
      { id: emptyTeamId, slug: 'west', name: 'West' },
    ])
    .execute();
  await copyRows(db, teamId, otherTeamId);
  await insertDifferences(db, {
    teamId: otherTeamId,
    userId,
    chatId: rows.chatId,
    quietChatId,
    failedChatId,
    failedUserMessageId,
  });
  // An agent that is gone, which the other team still has.
  const goneAgentId = uuid();
  await db
    .insertInto('agents')
    .values({ teamId: otherTeamId, id: goneAgentId, name: 'Gone', webhookUrl: 'http://127.0.0.1:1' })
    .execute();
  await db
    .updateTable('runs')
    .set({ agentId: goneAgentId })
    .where('teamId', '=', teamId)
    .where('id', '=', failedRunId)
    .execute();
  await db.updateTable('usageDays').set({ agentId: goneAgentId }).where('teamId', '=', teamId).execute();
  const only = async (query: { executeTakeFirstOrThrow: () => Promise<{ id: string }> }) =>
    (await query.executeTakeFirstOrThrow()).id;
  const messageOf = (role: 'user' | 'assistant') =>
    only(
      db
        .selectFrom('messages')
        .select('id')
        .where('teamId', '=', teamId)
        .where('chatId', '=', rows.chatId)
        .where('role', '=', role),
    );
  return {
    ...rows,
    ...{
      otherTeamId,
      emptyTeamId,
      quietChatId,
      failedChatId,
      failedRunId,
      failedUserMessageId,
      failedAssistantMessageId,
    },
    email: 'ann@example.com',
    sessionIdHash: 'session-north',
    instanceId: await only(
      db
        .selectFrom('runs')
        .select('instanceId as id')
        .where('teamId', '=', teamId)
        .where('id', '=', rows.runId),
    ),
    apiKeyId: await only(db.selectFrom('apiKeys').select('id').where('teamId', '=', teamId)),
    inviteId: await only(db.selectFrom('invites').select('id').where('teamId', '=', teamId)),
    userMessageId: await messageOf('user'),
    assistantMessageId: await messageOf('assistant'),
  };
}

/** Rows that only the other team has, where equal rows would hide that they belong to the other team. */
async function insertDifferences(
  db: Kysely<DB>,
  team: Pick<
    TwinTeams,
    'teamId' | 'userId' | 'chatId' | 'quietChatId' | 'failedChatId' | 'failedUserMessageId'
  >,
): Promise<void> {
  const { teamId, userId } = team;
  const role = 'admin';
  await db
    .insertInto('users')
    .values({ teamId, id: uuid(), email: 'eve@example.com', displayName: 'Eve', passwordHash: '-', role })
    .execute();
  await db
    .updateTable('runs')
    .set({ attempt: 1 })
    .where('teamId', '=', teamId)
    .where('chatId', '=', team.chatId)
    .execute();
  const [questionId, answerId, retriedId] = [uuid(), uuid(), uuid()];
  const message = { teamId, content: 'Of south', status: 'complete' } as const;
  await db
    .insertInto('messages')
    .values([
      { ...message, id: questionId, chatId: team.quietChatId, seq: 1, role: 'user' },
      { ...message, id: answerId, chatId: team.quietChatId, seq: 2, role: 'assistant' },
      { ...message, id: retriedId, chatId: team.failedChatId, seq: 9, role: 'assistant' },
    ])
    .execute();
  const time = '2026-01-01T00:00:00.000Z';
  const run = { teamId, userId, instanceId: uuid(), leaseExpiresAt: time };
  await db
    .insertInto('runs')
    .values([
      {
        ...{ ...run, id: uuid({ msecs: Date.parse(closedDay) - 1000 }), chatId: team.quietChatId },
        ...{ createdAt: closedDay, state: 'running', endedAt: null },
        ...{ userMessageId: questionId, assistantMessageId: answerId, attempt: 1 },
      },
      {
        ...{ ...run, id: uuid(), chatId: team.failedChatId, state: 'succeeded', endedAt: time },
        ...{ userMessageId: team.failedUserMessageId, assistantMessageId: retriedId, attempt: 3 },
      },
    ])
    .execute();
}

/** Columns with text, which differ between the twins. All other columns are equal. */
const readable = new Set([
  'title',
  'name',
  'content',
  'description',
  'display_name',
  'message',
  'password_hash',
  'user_agent',
]);

async function copyRows(db: Kysely<DB>, from: string, to: string): Promise<void> {
  const columns = await sql<{ table: string; column: string }>`
    select c.relname as "table", a.attname as "column"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`.execute(db);
  const byTable = Map.groupBy(columns.rows, ({ table }) => table);
  await db.transaction().execute(async (trx) => {
    // Inserts in any order of the tables, without checking foreign keys.
    await sql`set local session_replication_role = replica`.execute(trx);
    for (const [table, ofTable] of byTable) {
      const names = ofTable.map(({ column }) => column);
      if (!names.includes('team_id')) continue;
      const changes = names
        .filter((name) => readable.has(name))
        .map((name) => sql`|| jsonb_build_object(${sql.lit(name)}, ${sql.ref(name)} || ' of south')`);
      const later = names.includes('created_at')
        ? sql`|| jsonb_build_object('created_at', created_at + interval '1 hour')`
        : sql``;
      await sql`
        insert into ${sql.table(table)}
        select (jsonb_populate_record(t, to_jsonb(t) || jsonb_build_object('team_id', ${to}::text) ${later} ${sql.join(changes, sql` `)})).*
        from ${sql.table(table)} t where team_id = ${from}`.execute(trx);
    }
  });
}
