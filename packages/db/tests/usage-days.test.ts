import { sql, type Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { agents, forTeam, usage, usageDays, type DB } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam, type TeamRows } from './fixture.ts';
import { insertPastRuns } from './insert-past-runs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const today = new Date(Date.now() - (Date.now() % DAY_MS));
const dayAt = (offset: number) => new Date(today.getTime() + offset * DAY_MS);

let database: TestDatabase;
let team: TeamRows;
let scoped: Kysely<DB>;
let teamCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

/** A team with 3 users, 3 agents and 600 ended runs in the last 20 days, of which none is rolled up. */
beforeEach(async () => {
  const { db } = database;
  team = await insertTeam(db, `team-${(teamCount += 1)}`);
  const { teamId, userId, agentId } = team;
  scoped = forTeam(database.system, teamId);
  await db.deleteFrom('usageDays').where('teamId', '=', teamId).execute();
  await db.updateTable('teams').set({ usageUntil: null }).where('id', '=', teamId).execute();
  const userIds = [userId, uuid(), uuid()];
  const agentIds = [agentId, uuid(), uuid()];
  for (const id of userIds.slice(1)) {
    const user = { teamId, id, email: `${id}@example.com`, displayName: 'User', passwordHash: '-' };
    await db.insertInto('users').values(user).execute();
  }
  for (const id of agentIds.slice(1)) {
    await db.insertInto('agents').values({ teamId, id, name: id, webhookUrl: 'http://localhost' }).execute();
  }
  await insertPastRuns(db, { teamId, userIds, agentIds, chats: 60, runsAChat: 10, days: 20 });
});

const rollUpDay = (db: Kysely<DB> = scoped) =>
  db.transaction().execute((trx) => usageDays.rollUpDay(trx, team.teamId));

async function rollUpAll(): Promise<void> {
  while (await rollUpDay());
}

/** All figures for several periods. */
async function readUsage(): Promise<unknown[]> {
  const figures: unknown[] = [];
  for (const [first, last] of [
    [-366, 0],
    [-15, -3],
    [-7, -7],
    [0, 0],
    [-40, -30],
  ] as const) {
    for (const by of ['day', 'agent', 'user'] as const) {
      const period = { from: dayAt(first), to: dayAt(last + 1) };
      figures.push(await usage.list(scoped, { teamId: team.teamId, by, ...period, limit: 100 }));
    }
  }
  return figures;
}

/** The same, counted from the runs alone. */
async function countUsage(): Promise<unknown[]> {
  const ofTeam = (db: Kysely<DB>) => db.updateTable('teams').where('id', '=', team.teamId);
  const { usageUntil } = await database.db
    .selectFrom('teams')
    .select('usageUntil')
    .where('id', '=', team.teamId)
    .executeTakeFirstOrThrow();
  await ofTeam(database.db).set({ usageUntil: null }).execute();
  const figures = await readUsage();
  await ofTeam(database.db).set({ usageUntil }).execute();
  return figures;
}

async function readUsageUntil(): Promise<string | null> {
  const { usageUntil } = await database.db
    .selectFrom('teams')
    .select('usageUntil')
    .where('id', '=', team.teamId)
    .executeTakeFirstOrThrow();
  return usageUntil;
}

test('usage is the same before, between and after the rollups of its days', async () => {
  const before = await readUsage();
  expect(before.flat().length).toBeGreaterThan(20);
  while (await rollUpDay()) expect(await readUsage()).toEqual(before);
  expect(await countUsage()).toEqual(before);
  const { runs } = await database.db
    .selectFrom('usageDays')
    .select(({ fn }) => fn.countAll<number>().as('runs'))
    .where('teamId', '=', team.teamId)
    .executeTakeFirstOrThrow();
  expect(runs).toBeGreaterThan(300);
});

test('deleting a chat or an agent changes rolled-up usage as it changes the usage of runs', async () => {
  await rollUpAll();
  const { teamId, agentId } = team;
  await sql`delete from chats where team_id = ${teamId} and id in (
    select chat_id from usage_days where team_id = ${teamId} limit 20)`.execute(database.db);
  expect(await readUsage()).toEqual(await countUsage());
  await agents.delete(scoped, { teamId, id: agentId });
  expect(await readUsage()).toEqual(await countUsage());
});

test('a day with an active run is rolled up after the run has ended', async () => {
  const { teamId } = team;
  const { id, createdAt } = await database.db
    .selectFrom('runs')
    .select(['id', 'createdAt'])
    .where('teamId', '=', teamId)
    .where('createdAt', '<', dayAt(-4).toISOString())
    .limit(1)
    .executeTakeFirstOrThrow();
  const setRun = (run: { endedAt: string | null; state: 'running' | 'succeeded' }) =>
    database.db.updateTable('runs').set(run).where('teamId', '=', teamId).where('id', '=', id).execute();
  await setRun({ endedAt: null, state: 'running' });
  const day = createdAt.slice(0, 10);
  const before = await readUsage();
  await rollUpAll();
  expect(await readUsageUntil()).toBe(day);
  expect(await rollUpDay()).toBe(false);
  expect(await readUsage()).toEqual(before);
  await setRun({ endedAt: dayAt(-3).toISOString(), state: 'succeeded' });
  const after = await readUsage();
  await rollUpAll();
  expect([day, null]).not.toContain(await readUsageUntil());
  expect(await readUsage()).toEqual(after);
});

test('a day is rolled up no sooner than an hour after its end', async () => {
  await rollUpAll();
  const { rows } = await sql<{ day: string }>`
    select ((now() at time zone 'UTC') - interval '1 hour')::date as day`.execute(database.db);
  expect(await readUsageUntil()).toBe(rows[0]?.day);
  const rolledUp = database.db
    .selectFrom('usageDays')
    .select('day')
    .where('teamId', '=', team.teamId)
    .where('day', '>=', rows[0]?.day ?? '');
  expect(await rolledUp.execute()).toEqual([]);
});

test('a rollup that fails before its commit leaves no trace, and the next one completes the day', async () => {
  const before = await readUsage();
  let rollups = 0;
  for (let isDone = false; !isDone;) {
    const failing = scoped.transaction().execute(async (trx) => {
      isDone = !(await usageDays.rollUpDay(trx, team.teamId));
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await readUsage()).toEqual(before);
    await rollUpDay();
    rollups += 1;
  }
  expect(rollups).toBeGreaterThan(15);
  expect(await readUsage()).toEqual(before);
  expect(await countUsage()).toEqual(before);
});

test('a team is behind until its closed days are rolled up', async () => {
  const isBehind = async () =>
    (await usageDays.listTeamsBehind(database.system, { limit: 1000 })).includes(team.teamId);
  expect(await isBehind()).toBe(true);
  await rollUpAll();
  expect(await isBehind()).toBe(false);
});

test('a year of usage reads its rollups and the runs of open days by their indexes', async () => {
  const { teamId, userId, agentId } = team;
  const { db } = database;
  // With those of beforeEach, 2,600 runs.
  await insertPastRuns(db, {
    ...{ teamId, userIds: [userId], agentIds: [agentId], chats: 200, runsAChat: 10, days: 60 },
  });
  await rollUpAll();
  await sql`analyze`.execute(db);
  const [before, after] = await scoped.transaction().execute(async (trx) => {
    // The view also counts what earlier transactions of this connection have not reported yet.
    const earlier = await readScans(trx);
    await usage.list(trx, { teamId, by: 'user', from: dayAt(-365), to: dayAt(1), limit: 100 });
    return [earlier, await readScans(trx)];
  });
  expect(after.scans - before.scans).toBe(0);
  expect(after.fetched - before.fetched).toBeGreaterThan(0);
  expect(after.fetched - before.fetched).toBeLessThan(400);
});

/** Sequential scans of the runs, and rows fetched by an index. */
async function readScans(trx: Kysely<DB>): Promise<{ scans: number; fetched: number }> {
  const { rows } = await sql<{ scans: number; fetched: number }>`
    select seq_scan::int as scans, coalesce(idx_tup_fetch, 0)::int as fetched from pg_stat_xact_user_tables
    where relname = 'runs'`.execute(trx);
  return rows[0] ?? { scans: 0, fetched: 0 };
}
