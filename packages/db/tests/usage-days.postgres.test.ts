// Rollups of usage beside each other, beside a dying connection and beside the deletion of a chat, on own connections.
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chats, forTeam, open, usage, usageDays, type DB } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam, type TeamRows } from './fixture.ts';
import { insertPastRuns } from './insert-past-runs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let database: TestDatabase;
let instances: Kysely<DB>[];
let teamCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const { url } = database;
  if (url === undefined) throw new Error('this is for Postgres');
  instances = await Promise.all([open({ url }), open({ url })]);
});

afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.destroy()));
  await database[Symbol.asyncDispose]();
});

async function createTeam(): Promise<TeamRows> {
  const { db } = database;
  const team = await insertTeam(db, `team-${(teamCount += 1)}`);
  const { teamId, userId, agentId } = team;
  await db.deleteFrom('usageDays').where('teamId', '=', teamId).execute();
  await db.updateTable('teams').set({ usageUntil: null }).where('id', '=', teamId).execute();
  await insertPastRuns(db, {
    ...{ teamId, userIds: [userId], agentIds: [agentId], chats: 30, runsAChat: 10, days: 20 },
  });
  return team;
}

function readUsage({ teamId }: TeamRows): Promise<unknown> {
  const day = Date.now() - (Date.now() % DAY_MS);
  const period = { from: new Date(day - 60 * DAY_MS), to: new Date(day + DAY_MS) };
  return usage.list(forTeam(database.system, teamId), { teamId, by: 'day', ...period, limit: 100 });
}

function rollUpDay(instance: Kysely<DB>, { teamId }: TeamRows): Promise<boolean> {
  return forTeam(instance, teamId)
    .transaction()
    .execute((trx) => usageDays.rollUpDay(trx, teamId));
}

async function isBehind({ teamId }: TeamRows): Promise<boolean> {
  return (await usageDays.listTeamsBehind(database.system, { limit: 1000 })).includes(teamId);
}

test('instances that roll up the same days at once count each run once', async () => {
  const team = await createTeam();
  const before = await readUsage(team);
  while (await isBehind(team)) {
    await Promise.all(
      instances.flatMap((instance) => [rollUpDay(instance, team), rollUpDay(instance, team)]),
    );
  }
  expect(await readUsage(team)).toEqual(before);
});

test('a rollup whose connection dies before the commit leaves nothing behind and holds up no other instance', async () => {
  const team = await createTeam();
  const { teamId } = team;
  const before = await readUsage(team);
  const dying = forTeam(instances[0] ?? database.system, teamId)
    .transaction()
    .execute(async (trx) => {
      await usageDays.rollUpDay(trx, teamId);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid ?? 0})`.execute(database.db);
    });
  await expect(dying).rejects.toThrow();
  while (await rollUpDay(instances[1] ?? database.system, team));
  expect(await isBehind(team)).toBe(false);
  expect(await readUsage(team)).toEqual(before);
});

test('a chat that is deleted during the rollup of its day is left out, and the day is rolled up', async () => {
  const team = await createTeam();
  const { teamId, userId } = team;
  // All runs on one day, so that the first rollup counts this chat.
  const { id } = await database.db
    .selectFrom('chats')
    .select('id')
    .where('teamId', '=', teamId)
    .where('title', '=', 'Past')
    .executeTakeFirstOrThrow();
  const deletion = await forTeam(instances[0] ?? database.system, teamId)
    .startTransaction()
    .execute();
  await chats.delete(deletion, { teamId, userId, id });
  const rolledUp = (async () => {
    while (await rollUpDay(instances[1] ?? database.system, team));
  })();
  await expect
    .poll(async () => {
      const { rows } = await sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
        database.db,
      );
      return rows.length;
    })
    .toBeGreaterThan(0);
  await deletion.commit().execute();
  await rolledUp;
  expect(await isBehind(team)).toBe(false);
  const left = database.db.selectFrom('usageDays').select('day').where('teamId', '=', teamId);
  expect(await left.where('chatId', '=', id).execute()).toEqual([]);
});

test('a send into a chat does not wait for the rollup of its day', async () => {
  const team = await createTeam();
  const { teamId } = team;
  await forTeam(instances[0] ?? database.system, teamId)
    .transaction()
    .execute(async (trx) => {
      await usageDays.rollUpDay(trx, teamId);
      // The rows that a send locks.
      await forTeam(instances[1] ?? database.system, teamId)
        .transaction()
        .execute(async (send) => {
          await sql`set local lock_timeout = 1000`.execute(send);
          const locked = await send
            .selectFrom('chats')
            .select('id')
            .where('teamId', '=', teamId)
            .forNoKeyUpdate()
            .execute();
          expect(locked.length).toBeGreaterThan(30);
        });
    });
});
