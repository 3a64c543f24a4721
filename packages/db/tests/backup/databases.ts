// Databases of both engines for the tests of backups, and a full description of what one holds.
import path from 'node:path';
import { inject } from 'vitest';
import { v7 as uuid } from 'uuid';
import type { MigrationSession } from '../../src/migrate.ts';
import { open } from '../../src/open.ts';
import { newDatabaseName, runAsAdmin, withDatabase } from '../../src/testing/postgres-template.ts';
import { withoutScope } from '../../src/testing/without-scope.ts';
import { withSession, type DatabaseLocation } from '../../src/with-session.ts';
import { describeSchema } from '../describe-schema.ts';
import { insertTeam } from '../fixture.ts';
import { createTemporaryDir } from '../temporary-dir.ts';

export interface Database<Location extends DatabaseLocation = DatabaseLocation> extends AsyncDisposable {
  /** A database like an operator's. On Postgres, its login owns the database and is not a superuser. */
  location: Location;
  /** Sees all rows. */
  admin: Location;
}

/** Empty at first. */
export async function createDatabase(engine: 'postgres'): Promise<Database<{ url: string }>>;
export async function createDatabase(engine: 'pglite'): Promise<Database>;
export async function createDatabase(engine: 'postgres' | 'pglite'): Promise<Database> {
  if (engine === 'pglite') {
    const { dir, [Symbol.asyncDispose]: dispose } = await createTemporaryDir();
    const location = { dataDir: path.join(dir, 'data') };
    return { location, admin: location, [Symbol.asyncDispose]: dispose };
  }
  const source = inject('parleyTemplate');
  if (source.engine !== 'postgres') throw new Error('This is not the Postgres project');
  const { adminUrl } = source;
  const name = newDatabaseName('test');
  const owner = name.replace('parley_test_', 'owner_');
  await runAsAdmin(adminUrl, `create role ${owner} login password 'parley'`);
  await runAsAdmin(adminUrl, `grant parley_app, parley_system to ${owner}`);
  await runAsAdmin(adminUrl, `create database ${name} owner ${owner}`);
  const url = withDatabase(adminUrl, name);
  return {
    location: { url: Object.assign(new URL(url), { username: owner, password: 'parley' }).href },
    admin: { url },
    [Symbol.asyncDispose]: async () => {
      await runAsAdmin(adminUrl, `drop database ${name} with (force)`);
      await runAsAdmin(adminUrl, `drop role ${owner}`);
    },
  };
}

/** Migrates the database and fills every table, with values that a careless format loses. */
export async function fill(location: DatabaseLocation, admin: DatabaseLocation): Promise<void> {
  await (await open(location)).destroy();
  await using asAdmin = await open(admin);
  const db = withoutScope(asAdmin);
  for (const slug of ['north', 'south', 'east']) {
    const { teamId, chatId, agentId } = await insertTeam(db, slug);
    const content = `é\n\t"\\ \\u0001 \u{1f600} \u2028 ${'long '.repeat(20_000)}`;
    await db
      .insertInto('messages')
      .values({ teamId, chatId, id: uuid(), seq: 3, role: 'user', status: 'complete', content })
      .execute();
    await db
      .updateTable('agents')
      .set({
        config: '{"number":12345678901234567890.123456789,"null":null,"text":"\\"\\n"}',
        webhookTokenEncrypted: Uint8Array.from({ length: 256 }, (_, byte) => byte),
        systemPrompt: '',
      })
      .where('id', '=', agentId)
      .execute();
    await db.insertInto('auditLog').values({ teamId, id: uuid(), action: 'x', details: 'null' }).execute();
  }
  await db.insertInto('rateLimits').values({ key: 'login:1', points: 3, expire: 1 }).execute();
}

/** All rows but the rate limits, as Postgres prints them, and the schema with its policies, rights and roles. */
export async function describeDatabase(
  location: DatabaseLocation,
): Promise<{ rows: Record<string, string[]>; schema: unknown }> {
  const found = await withSession(location, async (session) => ({
    rows: await listRows(session),
    schema: await describeSchema(session),
  }));
  if (found === undefined) throw new Error('There is no database');
  return found;
}

async function listRows(session: MigrationSession): Promise<Record<string, string[]>> {
  await session.execute(`set timezone = 'UTC'`);
  const tables = await session.select<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'rate_limits' order by 1`,
  );
  const rows: Record<string, string[]> = {};
  for (const { name } of tables) {
    const found = await session.select<{ row: string }>(`select t::text as row from ${name} t order by 1`);
    rows[name] = found.map(({ row }) => row);
  }
  return rows;
}
