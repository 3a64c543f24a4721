import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DB } from '../src/generated/database.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam } from './fixture.ts';

let database: TestDatabase;
let db: Kysely<DB>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});

afterAll(() => database[Symbol.asyncDispose]());

const readLog = (teamId: string) =>
  db.selectFrom('auditLog').selectAll().where('teamId', '=', teamId).orderBy('id').execute();

test.each([
  ['changed', sql`update audit_log set action = 'nothing'`],
  ['moved to another team', sql`update audit_log set team_id = gen_random_uuid()`],
  ['deleted', sql`delete from audit_log`],
  ['emptied out', sql`truncate audit_log`],
  ['emptied out with its team', sql`truncate teams cascade`],
])('an entry of the audit log cannot be %s, not even by the owner of the database', async (_, statement) => {
  const { teamId } = await insertTeam(db, `t${Math.random().toString(36).slice(2)}`);
  const before = await readLog(teamId);
  expect(before).toHaveLength(1);
  await expect(statement.execute(db)).rejects.toMatchObject({ code: '42501' });
  expect(await readLog(teamId)).toEqual(before);
});

test('the audit log of a team is deleted with the team', async () => {
  const { teamId } = await insertTeam(db, 'leaving');
  await db.deleteFrom('teams').where('id', '=', teamId).execute();
  expect(await readLog(teamId)).toEqual([]);
});
