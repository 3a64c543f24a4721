import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { toCamelCase, toSnakeCase } from '../src/column-names.ts';
import { agents, forTeam } from '../src/index.ts';
import { createTestDatabase } from '../src/testing/index.ts';
import { insertTeam } from './fixture.ts';

test('every table and column name survives the conversion to camelCase and back', async () => {
  await using database = await createTestDatabase();
  const { rows } = await sql<{ tableName: string; columnName: string }>`
    select table_name, column_name from information_schema.columns where table_schema = 'public'`.execute(
    database.db,
  );
  const names = new Set(rows.flatMap(({ tableName, columnName }) => [tableName, columnName]));
  expect(names.size).toBeGreaterThan(50);
  expect([...names].filter((name) => toSnakeCase(toCamelCase(name)) !== name)).toEqual([]);
});

test('result columns are in camelCase, in statements and transactions and for hand-written SQL', async () => {
  await using database = await createTestDatabase();
  const { teamId, chatId } = await insertTeam(database.db, 'north');
  const db = forTeam(database.system, teamId);
  const select = sql`select id, is_pinned, title as "asIs" from chats`;
  const row = { id: chatId, isPinned: false, asIs: 'Hello' };
  expect((await select.execute(db)).rows).toEqual([row]);
  expect(await db.transaction().execute(async (trx) => (await select.execute(trx)).rows)).toEqual([row]);
});

test('keys inside a JSON value are not renamed', async () => {
  await using database = await createTestDatabase();
  const { teamId, agentId } = await insertTeam(database.db, 'north');
  const config = { snake_case: { inner_key: [{ deep_key: 1 }] }, camelCase: 2 };
  await agents.update(database.db, { teamId, id: agentId }, { config: JSON.stringify(config) });
  expect(await agents.findForRun(database.db, { teamId, id: agentId })).toMatchObject({ config });
  const { rows } = await sql`select jsonb_build_object('inner_key', 1) as some_value`.execute(database.db);
  expect(rows).toEqual([{ someValue: { inner_key: 1 } }]);
});
