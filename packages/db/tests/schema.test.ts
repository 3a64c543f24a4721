import { sql, type Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DB } from '../src/generated/database.ts';
import { agents, chats, errorLogs } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam, type TeamRows } from './fixture.ts';

let database: TestDatabase;
let db: Kysely<DB>;
let north: TeamRows;
let south: TeamRows;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  north = await insertTeam(db, 'north');
  south = await insertTeam(db, 'south');
});

afterAll(() => database[Symbol.asyncDispose]());

interface Key {
  table: string;
  name: string;
  kind: 'p' | 'u' | 'f';
  columns: string[];
  target: string | null;
  targetColumns: string[] | null;
}

async function listKeys(): Promise<Key[]> {
  const columnNames = (relation: string, numbers: string) =>
    sql.raw(`(select json_agg(a.attname order by k.position) from unnest(${numbers}) with ordinality k (number, position)
              join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number)`);
  const { rows } = await sql<Key>`
    select conrelid::regclass::text as "table", conname as name, contype as kind,
           ${columnNames('conrelid', 'conkey')} as columns,
           nullif(confrelid, 0)::regclass::text as target,
           ${columnNames('confrelid', 'confkey')} as "targetColumns"
    from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f')
      and conrelid not in ('teams'::regclass, 'schema_migrations'::regclass, 'rate_limits'::regclass)
    order by 1, 2
  `.execute(db);
  return rows;
}

describe('team isolation', () => {
  test('every table but teams, schema_migrations and rate_limits belongs to a team', async () => {
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'team_id' and a.attnotnull
      )
      order by 1
    `.execute(db);
    expect(rows.map((row) => row.name)).toEqual(['rate_limits', 'schema_migrations', 'teams']);
  });

  test('every primary, unique and foreign key leads with team_id', async () => {
    const keys = await listKeys();
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => key.columns[0] !== 'team_id')).toEqual([]);
    const leads = keys
      .filter((key) => key.kind === 'f')
      .map(({ target, targetColumns }) => ({ target, lead: targetColumns?.[0] }));
    expect(leads.filter(({ target, lead }) => lead !== (target === 'teams' ? 'id' : 'team_id'))).toEqual([]);
  });

  test("no foreign key accepts another team's row", async () => {
    const foreign = (await listKeys()).filter((key) => key.kind === 'f' && key.columns.length > 1);
    expect(foreign.length).toBeGreaterThan(12);
    for (const { table, name, columns, target, targetColumns } of foreign) {
      const [column, targetColumn] = [columns[1] ?? '', targetColumns?.[1] ?? ''];
      const theirs = sql`(select ${sql.ref(targetColumn)} from ${sql.table(target ?? '')} where team_id = ${south.teamId} limit 1)`;
      const point = sql`update ${sql.table(table)} set ${sql.ref(column)} = ${theirs} where team_id = ${north.teamId}`;
      await expect(point.execute(db), name).rejects.toMatchObject({ code: '23503', constraint: name });
    }
  });

  test('a row cannot be moved to another team', async () => {
    const move = db.updateTable('chats').set({ teamId: south.teamId }).where('id', '=', north.chatId);
    await expect(move.execute()).rejects.toMatchObject({ code: '23503' });
  });
});

describe('runs', () => {
  const messageIds = async (count: number) => {
    const ids = Array.from({ length: count }, () => uuid());
    const message = {
      teamId: north.teamId,
      chatId: north.chatId,
      role: 'user',
      content: '',
      status: 'complete',
    } as const;
    const { seq } = await db
      .selectFrom('messages')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .where('chatId', '=', north.chatId)
      .executeTakeFirstOrThrow();
    await db
      .insertInto('messages')
      .values(ids.map((id, i) => ({ ...message, id, seq: seq + 1 + i })))
      .execute();
    return ids;
  };
  const insertRun = async () => {
    const [userMessageId, assistantMessageId] = await messageIds(2);
    if (userMessageId === undefined || assistantMessageId === undefined)
      throw new Error('expected two messages');
    const run = {
      teamId: north.teamId,
      id: uuid(),
      chatId: north.chatId,
      userId: north.userId,
      instanceId: uuid(),
    };
    const leaseExpiresAt = '2030-01-01T00:00:00.000Z';
    return db
      .insertInto('runs')
      .values({ ...run, leaseExpiresAt, userMessageId, assistantMessageId })
      .execute();
  };

  test('a chat has at most one running run, and any number that have ended', async () => {
    await expect(insertRun()).rejects.toMatchObject({ code: '23505', constraint: 'runs_one_active_a_chat' });
    for (let i = 0; i < 2; i += 1) {
      await db
        .updateTable('runs')
        .set({ state: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z' })
        .where('chatId', '=', north.chatId)
        .execute();
      await insertRun();
    }
    await expect(insertRun()).rejects.toMatchObject({ code: '23505' });
  });

  test('an ended run has its time of end, and a failed run its reason', async () => {
    const end = (values: { state: 'running' | 'failed' | 'canceled'; endedAt?: string }) =>
      db.updateTable('runs').set(values).where('id', '=', south.runId).execute();
    await expect(end({ state: 'canceled' })).rejects.toMatchObject({ code: '23514' });
    await expect(end({ state: 'running', endedAt: '2026-01-01T00:00:00.000Z' })).rejects.toMatchObject({
      code: '23514',
    });
    await expect(end({ state: 'failed', endedAt: '2026-01-01T00:00:00.000Z' })).rejects.toMatchObject({
      code: '23514',
    });
  });
});

describe('messages(chats)', () => {
  const readArray = async (chatId: string) => {
    const { rows } = await sql<{
      messages: unknown;
    }>`select messages(c) from chats c where id = ${chatId}`.execute(db);
    return rows[0]?.messages;
  };

  test("messages(chats) is an array of the chat's messages, oldest first, with times in ISO 8601 and with the parts of those that have some", async () => {
    await db
      .updateTable('messages')
      .set({ createdAt: '2026-11-23T05:00:00.120Z' })
      .where('chatId', '=', south.chatId)
      .execute();
    expect(await readArray(south.chatId)).toEqual([
      { role: 'user', content: 'Hello', timestamp: '2026-11-23T05:00:00.120Z' },
      {
        ...{ role: 'assistant', content: 'Hi "you"', timestamp: '2026-11-23T05:00:00.120Z' },
        parts: [
          { id: 'r1', type: 'reasoning', text: 'é' },
          { id: 'text-1', type: 'text', text: 'Hi "you"' },
        ],
      },
    ]);
  });

  test('messages(chats) is an empty array for a chat without messages', async () => {
    const id = uuid();
    await db
      .insertInto('chats')
      .values({ teamId: south.teamId, id, userId: south.userId, title: '' })
      .execute();
    expect(await readArray(id)).toEqual([]);
  });
});

describe('deletion', () => {
  test('deleting an agent changes no row of its chats, runs and errors, and queries give null for its id', async () => {
    const { teamId, userId, agentId, chatId, runId } = await insertTeam(db, 'east');
    const log = { reason: 'AGENT_FAILED', message: 'It failed.', hint: null, agentId, runId, userId };
    await errorLogs.insert(db, { teamId, id: uuid(), ...log });
    const versionsOf = async (table: 'chats' | 'runs' | 'errorLogs') =>
      await db
        .selectFrom(table)
        .select(sql`xmin::text`.as('version'))
        .where('teamId', '=', teamId)
        .execute();
    const versions = async () => [
      await versionsOf('chats'),
      await versionsOf('runs'),
      await versionsOf('errorLogs'),
    ];
    const before = await versions();
    expect(await agents.delete(db, { teamId, id: agentId })).toBe(true);
    expect(await versions()).toEqual(before);
    const chat = { agentId: null, title: 'Hello' };
    expect(await chats.find(db, { teamId, userId, id: chatId })).toMatchObject(chat);
    expect(await chats.list(db, { teamId, userId, isArchived: false, limit: 10 })).toMatchObject([chat]);
    expect(await errorLogs.list(db, { teamId, limit: 10 })).toMatchObject([
      { agentId: null, runId },
      { agentId: null },
    ]);
  });

  test('an error of a run that is gone is logged without the run', async () => {
    const { teamId, userId, agentId } = await insertTeam(db, 'away');
    const log = { reason: 'AGENT_FAILED', message: 'It failed.', hint: null, agentId, runId: uuid(), userId };
    await errorLogs.insert(db, { teamId, id: uuid(), ...log });
    expect(await errorLogs.list(db, { teamId, limit: 10 })).toMatchObject([{ agentId, runId: null }, {}]);
  });

  test("deleting a team deletes all of its rows and no other team's", async () => {
    const { teamId } = await insertTeam(db, 'west');
    const tables = new Set((await listKeys()).map((key) => key.table));
    const countRows = async () => {
      const counts: unknown[] = [];
      for (const table of tables) {
        const { rows } = await sql<{
          count: number;
        }>`select count(*) from ${sql.table(table)} where team_id <> ${teamId}`.execute(db);
        counts.push({ table, count: rows[0]?.count });
      }
      return counts;
    };
    const others = await countRows();
    await db.deleteFrom('teams').where('id', '=', teamId).execute();
    for (const table of tables) {
      const { rows } = await sql`select 1 from ${sql.table(table)} where team_id = ${teamId}`.execute(db);
      expect(rows, table).toEqual([]);
    }
    expect(await countRows()).toEqual(others);
  });
});
