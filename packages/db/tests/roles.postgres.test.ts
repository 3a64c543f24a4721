// Starts its own server: roles belong to a whole server, and each test begins without them.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { forTeam } from '../src/index.ts';
import { inspectDatabase } from '../src/inspect-database.ts';
import { open } from '../src/open.ts';
import { findPostgresPackage } from '../src/testing/postgres-binaries.ts';
import { runAsAdmin, withDatabase } from '../src/testing/postgres-template.ts';
import { startPostgres, type PostgresServer } from '../src/testing/start-postgres.ts';
import { withoutScope } from '../src/testing/without-scope.ts';
import { insertTeam } from './fixture.ts';
import { createTemporaryDir } from './temporary-dir.ts';

describe.runIf(findPostgresPackage() !== undefined)("Parley's roles", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(() => server.stop());

  afterEach(async () => {
    const databases = await select<{ name: string }>(
      server.url,
      `select quote_ident(datname) as name from pg_database where not datistemplate and datname <> 'postgres'`,
    );
    for (const { name } of databases) await runAsAdmin(server.url, `drop database ${name} with (force)`);
    const roles = await select<{ names: string }>(
      server.url,
      `select string_agg(quote_ident(rolname), ', ') as names from pg_roles where oid >= 16384`,
    );
    await runAsAdmin(server.url, `drop role ${roles[0]?.names}`);
  });

  /** Creates a database with its owner, and returns the owner's URL. */
  async function createDatabase(name: string, owner: string): Promise<string> {
    await runAsAdmin(server.url, `create database ${name} owner ${owner}`);
    return asLogin(withDatabase(server.url, name), owner);
  }

  function asLogin(url: string, user: string): string {
    return Object.assign(new URL(url), { username: user, password: user }).href;
  }

  async function select<Row extends pg.QueryResultRow>(url: string, query: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(query)).rows;
    } finally {
      await client.end();
    }
  }

  test("Parley's roles are created once by many databases that start on one server at the same moment", async () => {
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    const urls: string[] = [];
    for (let i = 0; i < 8; i += 1) urls.push(await createDatabase(`many_${i}`, 'parley'));
    const opened = await Promise.all(urls.map((url) => open({ url, maxConnections: 1 })));
    for (const db of opened) {
      expect((await sql`select current_user as role`.execute(db)).rows).toEqual([{ role: 'parley_system' }]);
      await db.destroy();
    }
    const roles = await select(
      server.url,
      `select rolname, rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
       from pg_roles where rolname like 'parley\\_%' order by 1`,
    );
    const nothing = {
      rolsuper: false,
      rolcanlogin: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolbypassrls: false,
      rolreplication: false,
    };
    expect(roles).toEqual([
      { rolname: 'parley_app', ...nothing },
      { rolname: 'parley_system', ...nothing },
    ]);
  });

  test('a missing right to create roles is reported with commands for an administrator', async () => {
    await runAsAdmin(server.url, `create role "Plain" login password 'Plain'`);
    const url = await createDatabase('plain', '"Plain"');
    const error: unknown = await open({ url: asLogin(url, 'Plain') }).catch((reason: unknown) => reason);
    const commands =
      /user Plain may not make them\. Have an administrator of the server run: (create .+;)$/.exec(
        error instanceof Error ? error.message : '',
      )?.[1];
    expect(commands).toBeDefined();
    await runAsAdmin(server.url, commands ?? '');
    await (await open({ url: asLogin(url, 'Plain') })).destroy();
  });

  test('a missing membership in the roles of another owner is reported with commands for an administrator', async () => {
    for (const owner of ['first', 'second']) {
      await runAsAdmin(server.url, `create role ${owner} login createrole password '${owner}'`);
    }
    await (await open({ url: await createDatabase('of_first', 'first') })).destroy();
    const url = await createDatabase('of_second', 'second');
    await expect(open({ url })).rejects.toThrow('grant parley_app, parley_system to second;');
    await runAsAdmin(server.url, 'grant parley_app, parley_system to second');
    await (await open({ url })).destroy();
  });

  test("the login of docs/operations.md runs Parley, and row-level security binds it; a superuser's start explains that it does not bind", async () => {
    const guide = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const recipe = /^```sql\n(create role parley .*?)^```$/ms.exec(guide)?.[1]?.split(';\n') ?? [];
    for (const statement of recipe) await runAsAdmin(server.url, statement);
    const adminUrl = withDatabase(server.url, 'parley');
    const url = Object.assign(new URL(adminUrl), { username: 'parley', password: 'a random password' }).href;
    const explanations: string[] = [];
    const onBypass = (explanation: string) => void explanations.push(explanation);
    await (await open({ url, onBypass })).destroy();
    expect(explanations).toEqual([]);
    expect(await inspectDatabase({ url })).toMatchObject({ schema: 'parley', bypass: undefined });
    await (await open({ url: adminUrl, onBypass })).destroy();
    expect(explanations).toEqual([expect.stringContaining('postgres, which is a superuser.')]);
  });

  test('roles that bypass row-level security are refused', async () => {
    await runAsAdmin(server.url, 'create role parley_app bypassrls');
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    await runAsAdmin(server.url, 'grant parley_app to parley');
    const url = await createDatabase('bypassed', 'parley');
    await expect(open({ url })).rejects.toThrow('alter role parley_app nosuperuser nobypassrls;');
  });

  test('the owner of the tables sees nothing outside of the roles', async () => {
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    const url = await createDatabase('owned', 'parley');
    await using db = await open({ url });
    await using asSuperuser = await open({ url: withDatabase(server.url, 'owned') });
    const { teamId } = await insertTeam(withoutScope(asSuperuser), 'north');
    await insertTeam(withoutScope(asSuperuser), 'south');
    expect(await select(url, 'select slug from teams')).toEqual([]);
    expect(await select(url, 'select id from chats')).toEqual([]);
    const northern = forTeam(db, teamId);
    expect(await northern.selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
    expect(await db.selectFrom('teams').select('slug').orderBy('slug').execute()).toEqual([
      { slug: 'north' },
      { slug: 'south' },
    ]);
    // A foreign key cascades with the owner's rights: the team itself may not delete messages.
    await northern.deleteFrom('chats').execute();
    expect(await northern.selectFrom('messages').select('id').execute()).toEqual([]);
  });

  test('a login that owns nothing needs only the roles', async () => {
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    const url = await createDatabase('lent', 'parley');
    await (await open({ url })).destroy();
    await runAsAdmin(server.url, `create role app login noinherit password 'app'`);
    await expect(open({ url: asLogin(url, 'app') })).rejects.toThrow(
      'grant parley_app, parley_system to "app";',
    );
    await runAsAdmin(server.url, 'grant parley_app, parley_system to app');
    await using db = await open({ url: asLogin(url, 'app') });
    const id = '01900000-0000-7000-8000-000000000000';
    await db.insertInto('teams').values({ id, slug: 'north', name: 'North' }).execute();
    expect(await forTeam(db, id).selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
    await expect(select(asLogin(url, 'app'), 'select * from teams')).rejects.toMatchObject({ code: '42501' });
  });

  test('a migration changes the rows of every team, and row-level security binds the owner again after it', async () => {
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    const url = await createDatabase('migrated', 'parley');
    await (await open({ url })).destroy();
    await using asSuperuser = await open({ url: withDatabase(server.url, 'migrated') });
    for (const slug of ['north', 'south']) await insertTeam(withoutScope(asSuperuser), slug);
    await using temporary = await createTemporaryDir();
    const migrationsDir = path.join(temporary.dir, 'migrations');
    await mkdir(migrationsDir);
    const released = await select<{ name: string }>(url, 'select name from schema_migrations');
    for (const { name } of released) await writeFile(path.join(migrationsDir, name), '');
    await writeFile(
      path.join(migrationsDir, '9999-rename.sql'),
      `update teams set name = 'Renamed'; create table drafts (team_id uuid not null references teams (id));
       alter table drafts enable row level security;`,
    );
    await using migrated = await open({ url, migrationFiles: { schemaFile: '', migrationsDir } });
    expect(await migrated.selectFrom('teams').select('name').execute()).toEqual([
      { name: 'Renamed' },
      { name: 'Renamed' },
    ]);
    const unforced = await select(
      url,
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity <> relforcerowsecurity`,
    );
    expect(unforced).toEqual([]);
    expect(await select(url, 'select name from teams')).toEqual([]);
  });

  test("the roles find the tables in a schema with the owner's name", async () => {
    await runAsAdmin(server.url, `create role parley login createrole password 'parley'`);
    const url = await createDatabase('schemas', 'parley');
    await select(url, 'create schema parley');
    await using db = await open({ url });
    expect(await db.selectFrom('teams').select('id').execute()).toEqual([]);
    expect(await select(url, `select to_regclass('public.teams') as "table"`)).toEqual([{ table: null }]);
  });
});
