import { sql, type Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forTeam, type DB } from '../src/index.ts';
import { open } from '../src/open.ts';
import { withScope } from '../src/scope.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam, type TeamRows } from './fixture.ts';

const INSUFFICIENT_PRIVILEGE = '42501';

let database: TestDatabase;
/**
 * The handle from open(). On Postgres it has a single connection, so that anything a statement leaves behind reaches
 * the next one.
 */
let system: Kysely<DB>;
let north: TeamRows;
let south: TeamRows;
let northDb: Kysely<DB>;

beforeAll(async () => {
  database = await createTestDatabase();
  system =
    database.url === undefined ? database.system : await open({ url: database.url, maxConnections: 1 });
  north = await insertTeam(database.db, 'north');
  south = await insertTeam(database.db, 'south');
  northDb = forTeam(system, north.teamId);
});

afterAll(async () => {
  if (system !== database.system) await system.destroy();
  await database[Symbol.asyncDispose]();
});

interface Identity {
  role: string;
  team: string | null;
  transaction: string;
}

/** The role, team and transaction of this handle's next statement. */
async function describeScope(db: Kysely<DB>): Promise<Identity> {
  const { rows } = await sql<Identity>`
    select current_user as role, current_setting('app.team_id', true) as team,
           pg_current_xact_id()::text as transaction`.execute(db);
  if (rows[0] === undefined) throw new Error('a select without from gives a row');
  return rows[0];
}

async function listTables(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'team_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`.execute(
    database.db,
  );
  return rows.map(({ name }) => name);
}

async function listTeamsIn(db: Kysely<DB>, table: string): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select distinct team_id as id from ${sql.table(table)} order by 1`.execute(db);
  return rows.map(({ id }) => id);
}

describe('forTeam()', () => {
  test("a team's handle sees only its team's rows in every table, even without a predicate", async () => {
    const tables = await listTables();
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      expect(await listTeamsIn(database.db, table), table).toEqual([north.teamId, south.teamId]);
      expect(await listTeamsIn(northDb, table), table).toEqual([north.teamId]);
    }
    expect(await northDb.selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
  });

  test('a handle without a team sees and writes nothing', async () => {
    const dbWithoutTeam = withScope(system, { role: 'parley_app', teamId: '' });
    for (const table of await listTables())
      expect(await listTeamsIn(dbWithoutTeam, table), table).toEqual([]);
    expect(await dbWithoutTeam.selectFrom('teams').select('id').execute()).toEqual([]);
    const { numUpdatedRows } = await dbWithoutTeam
      .updateTable('chats')
      .set({ title: 'x' })
      .executeTakeFirstOrThrow();
    expect(numUpdatedRows).toBe(0n);
    const { teamId, userId } = north;
    const chat = { teamId, id: uuid(), userId, title: 'x' };
    await expect(dbWithoutTeam.insertInto('chats').values(chat).execute()).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
  });

  test("a team's handle cannot write another team's rows or move its own rows there", async () => {
    const chat = { teamId: south.teamId, id: uuid(), userId: south.userId, title: 'x' };
    await expect(northDb.insertInto('chats').values(chat).execute()).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
    await expect(northDb.updateTable('agents').set({ teamId: south.teamId }).execute()).rejects.toMatchObject(
      { code: INSUFFICIENT_PRIVILEGE },
    );
    const update = northDb.updateTable('chats').set({ title: 'taken' }).where('teamId', '=', south.teamId);
    expect((await update.executeTakeFirstOrThrow()).numUpdatedRows).toBe(0n);
    const removal = northDb.deleteFrom('chats').where('teamId', '=', south.teamId);
    expect((await removal.executeTakeFirstOrThrow()).numDeletedRows).toBe(0n);
    const theirs = database.db.selectFrom('chats').select('title').where('teamId', '=', south.teamId);
    expect(await theirs.execute()).toEqual([{ title: 'Hello' }]);
  });

  test("a team's handle keeps committed transactions and nothing of failed ones", async () => {
    const insert = (db: Kysely<DB>, title: string) =>
      db
        .insertInto('chats')
        .values({ teamId: north.teamId, id: uuid(), userId: north.userId, title })
        .execute();
    await northDb.transaction().execute(async (trx) => {
      expect(await describeScope(trx)).toMatchObject({ role: 'parley_app', team: north.teamId });
      await insert(trx, 'kept');
      expect(await listTeamsIn(trx, 'chats')).toEqual([north.teamId]);
    });
    const failing = northDb.transaction().execute(async (trx) => {
      await insert(trx, 'lost');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const titles = database.db.selectFrom('chats').select('title').where('title', 'in', ['kept', 'lost']);
    expect(await titles.execute()).toEqual([{ title: 'kept' }]);
  });

  test("a team's handle supports isolation levels and savepoints, and rejects the commit of a failed transaction", async () => {
    const trx = await northDb.startTransaction().setIsolationLevel('serializable').execute();
    const { rows } = await sql`select current_setting('transaction_isolation') as level`.execute(trx);
    // Kysely's PGlite driver does not support isolation levels.
    if (database.engine === 'postgres') expect(rows).toEqual([{ level: 'serializable' }]);
    const saved = await trx.savepoint('before "it"').execute();
    await expect(sql`select no_such_function()`.execute(saved)).rejects.toThrow('no_such_function');
    await saved.rollbackToSavepoint('before "it"').execute();
    expect(await describeScope(trx)).toMatchObject({ role: 'parley_app', team: north.teamId });
    await trx.commit().execute();
    const aborted = northDb
      .transaction()
      .execute((inner) => sql`select no_such_function()`.execute(inner).catch(() => undefined));
    await expect(aborted).rejects.toMatchObject({ name: 'AbortedTransactionError' });
    expect((await describeScope(northDb)).transaction).not.toBe((await describeScope(northDb)).transaction);
  });

  test('forTeam() rejects a team id that is not a UUID, and a transaction', async () => {
    for (const teamId of ['', 'north', `${north.teamId}'`, `' or true --`]) {
      expect(() => forTeam(system, teamId)).toThrow(TypeError);
    }
    await northDb.transaction().execute(async (trx) => {
      expect(() => forTeam(trx, north.teamId)).toThrow(TypeError);
    });
  });

  test("destroy() of a team's handle does not close the database, and the handle keeps the plugins of its origin", async () => {
    const queries: string[] = [];
    const plugged = system.withPlugin({
      transformQuery: ({ node }) => {
        queries.push(node.kind);
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const db = forTeam(plugged, south.teamId);
    expect(await listTeamsIn(db, 'chats')).toEqual([south.teamId]);
    expect(queries).toEqual(['RawNode']);
    await db.destroy();
    expect(await describeScope(system)).toMatchObject({ role: 'parley_system', team: '' });
  });
});

describe('scopes of statements', () => {
  const cases: [string, () => Promise<unknown>][] = [
    ['a statement', () => sql`select 1`.execute(northDb)],
    ['a statement with parameters', () => sql`select ${1}::int`.execute(northDb)],
    ['a statement that fails', () => sql`select 1 / ${0}::int`.execute(northDb)],
    ['a statement with a syntax error', () => sql`selec`.execute(northDb)],
    ['a parameter that cannot be sent', () => sql`select ${unsendable()}`.execute(northDb)],
    ['a transaction', () => northDb.transaction().execute((trx) => sql`select 1`.execute(trx))],
    ['a transaction without statements', () => northDb.transaction().execute(async () => undefined)],
    [
      'a transaction that fails at once',
      () => northDb.transaction().execute((trx) => sql`select 1 / 0`.execute(trx)),
    ],
    [
      'a transaction aborted before its first statement',
      () => northDb.transaction().execute(() => Promise.reject(new Error('no'))),
    ],
    [
      'a transaction whose commit fails',
      () =>
        northDb.transaction().execute(async (trx) => {
          await sql`select 1`.execute(trx);
          await sql`select 1 / 0`.execute(trx).catch(() => undefined);
        }),
    ],
  ];

  test.for(cases)('%s leaves no role, no team and no transaction behind', async ([, run]) => {
    await run().catch(() => undefined);
    const unscoped = withScope(system, { role: 'none', teamId: '' });
    const found = [await describeScope(unscoped), await describeScope(system), await describeScope(northDb)];
    expect(found).toMatchObject([
      { role: expect.not.stringMatching(/^parley_/), team: '' },
      { role: 'parley_system', team: '' },
      { role: 'parley_app', team: north.teamId },
    ]);
    expect(new Set(found.map(({ transaction }) => transaction)).size).toBe(3);
  });

  function unsendable(): object {
    return {
      toJSON() {
        throw new Error('no');
      },
    };
  }
});
