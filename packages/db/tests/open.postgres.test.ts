import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import { findFreePort } from '@parley/testing';
import { sql } from 'kysely';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { describe, expect, inject, test } from 'vitest';
import { open } from '../src/open.ts';
import { createTestDatabase } from '../src/testing/index.ts';
import { runAsAdmin, withDatabase } from '../src/testing/postgres-template.ts';
import { createEmptyPostgres } from './empty-database.ts';
import { createTemporaryDir } from './temporary-dir.ts';

/** A server from TEST_DATABASE_URL may need no password, speak TLS, or not let us create users. */
const isOwnServer = process.env['TEST_DATABASE_URL'] === undefined;

describe('open() on Postgres', () => {
  test('open() creates the schema in an empty database, and keeps its data', async () => {
    await using database = await createEmptyPostgres();
    const first = await open({ url: database.url });
    await first.insertInto('teams').values({ id: uuid(), slug: 'north', name: 'North' }).execute();
    await first.destroy();
    const second = await open({ url: database.url });
    expect(await second.selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
    await second.destroy();
  });

  test('open() by several processes at once applies everything once, and all succeed', async () => {
    await using database = await createEmptyPostgres();
    await using temporary = await createTemporaryDir();
    await mkdir(path.join(temporary.dir, 'migrations'));
    await writeFile(
      path.join(temporary.dir, 'schema.sql'),
      `create table schema_migrations (name text primary key, applied_at timestamptz(3) not null default now());
       select pg_sleep(0.5); create table counted (at timestamptz default now()); insert into counted default values;`,
    );
    await writeFile(
      path.join(temporary.dir, 'migrations/0001-count.sql'),
      'insert into counted default values;',
    );
    const script = path.join(import.meta.dirname, 'processes/open-postgres.ts');
    const start = () => promisify(execFile)(process.execPath, [script, database.url, temporary.dir]);
    await Promise.all(Array.from({ length: 4 }, start));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    expect((await client.query('select count(*)::int as count from counted')).rows).toEqual([{ count: 2 }]);
    await client.end();
  });

  test('open() accepts tables of extensions and of other schemas', async () => {
    await using database = await createEmptyPostgres();
    await runAsAdmin(database.url, 'create schema other; create table other.orders (id integer)');
    await (await open({ url: database.url })).destroy();
  });

  test("connections have an application name, UTC and limits, whatever the database's settings", async () => {
    await using database = await createEmptyPostgres();
    const name = new URL(database.url).pathname.slice(1);
    await runAsAdmin(database.adminUrl, `alter database ${name} set timezone = 'Asia/Kathmandu'`);
    await runAsAdmin(database.adminUrl, `alter database ${name} set datestyle = 'German'`);
    const db = await open({ url: database.url, statementTimeoutMs: 1234 });
    const { rows } = await sql`
      select current_setting('application_name') as name, current_setting('statement_timeout') as timeout,
             timestamptz '2026-11-23 05:00+00' as time
    `.execute(db);
    expect(rows).toEqual([{ name: 'parley', timeout: '1234ms', time: '2026-11-23T05:00:00.000Z' }]);
    await db.destroy();
  });

  test('the pool survives lost connections, idle and in a transaction', async () => {
    await using database = await createTestDatabase();
    const lost: string[] = [];
    const db = await open({ url: database.url ?? '', onConnectionLost: (error) => lost.push(error.message) });
    const terminateAll = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
        database.db,
      );
    const transaction = db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      await terminateAll();
      await sql`select pg_sleep(5)`.execute(trx);
    });
    await expect(transaction).rejects.toThrow();
    expect(await db.selectFrom('teams').selectAll().execute()).toEqual([]);
    await terminateAll();
    await expect.poll(() => lost.length, { timeout: 10_000 }).toBe(2);
    expect(await db.selectFrom('teams').selectAll().execute()).toEqual([]);
    await db.destroy();
  });
});

describe.runIf(isOwnServer)('errors of open()', () => {
  const cases: [string, (url: URL) => Promise<string> | string, RegExp][] = [
    [
      'a wrong password',
      (url) => changed(url, { password: 'hunter2' }),
      /password of user postgres.*percent-encoded/,
    ],
    ['an unknown user', (url) => changed(url, { username: 'nemo', password: 'hunter2' }), /user nemo/],
    ['no password', (url) => changed(url, { password: '' }), /in DATABASE_URL/],
    ['a database that does not exist', (url) => changed(url, { pathname: '/nowhere' }), /createdb nowhere/],
    [
      'a port where nothing listens',
      async (url) => changed(url, { port: String(await findFreePort()) }),
      /Nothing answers at 127/,
    ],
    [
      'a host that does not exist',
      (url) => changed(url, { hostname: 'nowhere.invalid' }),
      /nowhere\.invalid/,
    ],
    ['TLS that the server does not speak', (url) => `${url.href}?sslmode=verify-full`, /does not speak TLS/],
    [
      'a certificate file that does not exist',
      (url) => `${url.href}?sslrootcert=/nowhere/ca.crt`,
      /certificate file.*\/nowhere\/ca\.crt/,
    ],
    ...['12/hunter2', 'hunter2#x', 'p@hunter2/w:rd#', 'p@hunter2?x', 'p?hunter2'].map(
      (password): [string, () => string, RegExp] => [
        `the raw password ${password} in the URL`,
        () => `postgres://nemo:${password}@127.0.0.1/parley`,
        /^Error: DATABASE_URL has a password with special characters, which need percent-encoding/,
      ],
    ),
    ['another protocol', () => 'mysql://nemo:hunter2@127.0.0.1/parley', /must look like postgres:/],
  ];

  test.for(cases)(
    'open() gives advice about %s, and never shows the password',
    async ([, makeUrl, expected]) => {
      const source = inject('parleyTemplate');
      const admin = new URL(source.engine === 'postgres' ? source.adminUrl : '');
      const error = await open({ url: await makeUrl(new URL(admin)) }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).toMatch(expected);
      const everything = inspect(error, { depth: null, showHidden: true });
      expect(everything).not.toContain('hunter2');
      expect(everything).not.toContain(admin.password);
    },
  );

  test('open() gives advice about a user who may not create tables', async () => {
    await using database = await createEmptyPostgres();
    const user = `nemo_${uuid().replaceAll('-', '')}`;
    await runAsAdmin(database.adminUrl, `create user ${user} password 'hunter2'`);
    const url = changed(new URL(database.url), { username: user, password: 'hunter2' });
    await expect(open({ url })).rejects.toThrow(`owner to ${user}`);
    await runAsAdmin(database.adminUrl, `drop user ${user}`);
  });

  test("open() gives advice about another program's database, and does not change it", async () => {
    await using database = await createEmptyPostgres();
    await runAsAdmin(database.url, 'create table orders (id integer)');
    await expect(open({ url: database.url })).rejects.toThrow(/^The database is not empty.*it has orders/);
    await runAsAdmin(
      withDatabase(database.url, new URL(database.url).pathname.slice(1)),
      'drop table orders',
    );
    await (await open({ url: database.url })).destroy();
  });

  function changed(
    url: URL,
    parts: Partial<Record<'username' | 'password' | 'hostname' | 'port' | 'pathname', string>>,
  ): string {
    return Object.assign(url, parts).href;
  }
});
