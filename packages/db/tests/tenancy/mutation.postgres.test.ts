// Removes every team predicate of every query, one at a time, and runs the query again: row-level security must keep
// the results the same. Without row-level security they must differ, which shows that the predicate matters.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DB } from '../../src/index.ts';
import type { Scope } from '../../src/scope.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/index.ts';
import { mutateDatabase, type Mutation } from './mutated-database.ts';
import { notQueries, withoutTeam, scenarios, type Scenario } from './scenarios.ts';
import { insertTwinTeams, type TwinTeams } from './twin-teams.ts';

const queriesDir = path.resolve(import.meta.dirname, '../../src/queries');

let database: TestDatabase;
let pool: pg.Pool;
let twin: TwinTeams & { newId: string; otherNewId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  if (database.url === undefined) throw new Error('this is for Postgres');
  pool = new pg.Pool({ connectionString: database.url });
  twin = { ...(await insertTwinTeams(database.db)), newId: uuid(), otherNewId: uuid() };
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

interface Outcome {
  /** The rows that the database returned, and an error if there was one. */
  gave: unknown;
  /** A digest of all rows that do not belong to the caller's team. */
  others: string;
}

/** Runs a scenario in a transaction that is rolled back. */
async function replay(
  { call, as = ({ teamId }) => teamId }: Scenario,
  isSecured: boolean,
  mutation: Mutation,
): Promise<Outcome & { found: string[] }> {
  const teamId = as(twin);
  const scope: Scope = isSecured ? { role: 'parley_app', teamId } : { role: 'none', teamId: '' };
  const { db, found, results, stop } = mutateDatabase(pool, scope, mutation);
  const trx = await db.startTransaction().execute();
  try {
    const saved = await trx.savepoint('before').execute();
    const error: unknown = await call(saved, { ...twin, teamId }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    stop();
    if (error !== undefined) await saved.rollbackToSavepoint('before').execute();
    await sql`set local role none`.execute(trx);
    const message = error instanceof Error ? error.message : error;
    return { gave: comparable({ results, error: message }), others: await digestOthers(trx, teamId), found };
  } finally {
    await trx.rollback().execute();
  }
}

/** Replaces times, which differ between transactions, and converts the bigint counts of results. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? Number(inner) : inner,
  );
  return JSON.parse(text.replaceAll(/"20(?:2[6-9]|3\d)-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"'));
}

async function digestOthers(db: Kysely<DB>, teamId: string): Promise<string> {
  const tables = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'team_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`.execute(db);
  const all = sql.join(
    tables.rows.map(
      ({ name }) =>
        sql`select ${name} || to_jsonb(t)::text as row from ${sql.table(name)} t where team_id <> ${teamId}`,
    ),
    sql` union all `,
  );
  const { rows } = await sql<{ digest: string }>`
    select md5(string_agg(row, '' order by row)) as digest
    from (${all} union all select to_jsonb(t)::text from teams t where id <> ${teamId}) others`.execute(db);
  return rows[0]?.digest ?? '';
}

const cases = Object.entries(scenarios).map(([title, scenario]) => {
  const name = title.replace(/ .*/, '');
  return { title, name, scenario: typeof scenario === 'function' ? { call: scenario } : scenario };
});

/** These name the team in their values rather than in a predicate. */
const writesNewRows = /\.(insert|upsert)/;

async function listQueryFunctions(): Promise<string[]> {
  const names: string[] = [];
  for (const file of await readdir(queriesDir)) {
    const namespace = path
      .basename(file, '.ts')
      .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const exported: Record<string, unknown> = await import(path.join(queriesDir, file));
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value === 'function') names.push(`${namespace}.${name}`);
    }
  }
  return names.toSorted();
}

test('every query function has a scenario here, or is listed as a query without a team', async () => {
  const known = new Set([...cases.map(({ name }) => name), ...Object.keys(withoutTeam), ...notQueries]);
  const missing = (await listQueryFunctions()).filter((name) => !known.has(name));
  // Add a call of the new function to scenarios.ts.
  expect(missing).toEqual([]);
});

describe('with row-level security, removing a team predicate changes neither the results nor the writes of', () => {
  test.for(cases)('$title', async ({ title, name, scenario }) => {
    const column: Mutation['column'] = name.startsWith('teams.') ? 'id' : 'team_id';
    const whole = await replay(scenario, true, { column });
    const unsecured = await replay(scenario, false, { column });
    expect({ ...unsecured, found: [] }).toEqual({ ...whole, found: [] });
    if (!writesNewRows.test(name)) expect(whole.found).not.toEqual([]);

    for (const [forgets, predicate] of whole.found.entries()) {
      const place = `${title}, ${forgets}: ${predicate}`;
      const secured = await replay(scenario, true, { column, forgets });
      expect(secured.gave, place).toEqual(whole.gave);
      expect(secured.others, place).toBe(whole.others);

      const leaking = await replay(scenario, false, { column, forgets });
      const hasLeaked =
        leaking.others !== whole.others || JSON.stringify(leaking.gave) !== JSON.stringify(whole.gave);
      expect.soft(hasLeaked, `${place} must matter without row-level security`).toBe(true);
    }
  });
});

describe('with row-level security, a write for another team is refused in', () => {
  const inserts = cases.filter(({ name }) => writesNewRows.test(name));
  test.for(inserts)('$title', async ({ scenario: { call } }) => {
    const insert = (isSecured: boolean) =>
      replay(
        {
          as: ({ teamId }) => teamId,
          call: (db, own) => call(db, { ...own, teamId: own.otherTeamId }),
        },
        isSecured,
        { column: 'team_id' },
      );
    const before = await replay({ call: async () => undefined }, true, { column: 'team_id' });
    expect((await insert(true)).others).toBe(before.others);
    expect((await insert(false)).others).not.toBe(before.others);
  });
});
