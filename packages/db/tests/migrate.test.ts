import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate, type MigrationFiles, type MigrationSession } from '../src/migrate.ts';
import { describeSchema } from './describe-schema.ts';
import { createEmptyDatabase } from './empty-database.ts';
import { createTemporaryDir } from './temporary-dir.ts';

const schemaFile = path.resolve(import.meta.dirname, '../../../schema.sql');
/** The first released schema.sql, without migrations. It never changes. */
const firstReleaseFile = path.resolve(import.meta.dirname, '../releases/schema-of-0.1.0.sql');
/** The schema before migration 0006. It never changes. */
const lastReleaseFile = path.resolve(import.meta.dirname, '../releases/schema-of-migration-0004.sql');
const migrationsDir = path.resolve(import.meta.dirname, '../migrations');

const smallSchema = `
  create table schema_migrations (name text primary key, applied_at timestamptz(3) not null default now());
  create table notes (id integer primary key);
`;

async function plant(
  dir: string,
  migrations: Record<string, string>,
  schema = smallSchema,
): Promise<MigrationFiles> {
  const files = { schemaFile: path.join(dir, 'schema.sql'), migrationsDir: path.join(dir, 'migrations') };
  await mkdir(files.migrationsDir, { recursive: true });
  await writeFile(files.schemaFile, schema);
  for (const [name, script] of Object.entries(migrations))
    await writeFile(path.join(files.migrationsDir, name), script);
  return files;
}

async function listTables(session: MigrationSession): Promise<string[]> {
  const rows = await session.select<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
}

async function listMigrationFiles(): Promise<string[]> {
  return (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).toSorted();
}

async function listRecorded(session: MigrationSession): Promise<string[]> {
  const rows = await session.select<{ name: string }>('select name from schema_migrations order by name');
  return rows.map((row) => row.name);
}

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let session: MigrationSession;

beforeAll(async () => {
  database = await createEmptyDatabase();
  session = database.session;
});

beforeEach(() => empty());

afterAll(() => database[Symbol.asyncDispose]());

async function empty(): Promise<void> {
  await session.execute('drop schema public cascade; create schema public');
}

test('schema.sql run alone creates the same schema as a migration of an empty database', async () => {
  await session.execute(await readFile(schemaFile, 'utf8'));
  const alone = await describeSchema(session);
  expect(alone[0]).not.toEqual([]);
  await empty();
  await migrate(session);
  expect(await describeSchema(session)).toEqual(alone);
});

test.each([
  ['the first release', firstReleaseFile],
  ['the last release', lastReleaseFile],
])('a migrated database of %s has the schema that schema.sql creates', async (_, file) => {
  await session.execute(await readFile(schemaFile, 'utf8'));
  const present = await describeSchema(session);
  await empty();
  await session.execute(await readFile(file, 'utf8'));
  expect(await describeSchema(session)).not.toEqual(present);
  await migrate(session);
  expect(await describeSchema(session)).toEqual(present);
  expect(await listRecorded(session)).toEqual(await listMigrationFiles());
});

test('an API key from before scopes keeps its rights and expiry, unless its account is disabled', async () => {
  await session.execute(await readFile(firstReleaseFile, 'utf8'));
  const id = (number: number): string => `'00000000-0000-0000-0000-00000000000${number}'`;
  await session.execute(`
    insert into teams (id, slug, name) values (${id(1)}, 'team', 'Team');
    insert into users (team_id, id, email, display_name, role, password_hash, is_active) values
      (${id(1)}, ${id(1)}, 'a@example.com', 'A', 'admin', '', true),
      (${id(1)}, ${id(2)}, 'b@example.com', 'B', 'user', '', true),
      (${id(1)}, ${id(3)}, 'c@example.com', 'C', 'admin', '', false);
    insert into api_keys (team_id, id, user_id, name, key_hash, expires_at)
      select team_id, id, id, email, id::text, '2099-01-01Z' from users;
  `);
  await migrate(session);
  const keys = await session.select(
    `select name, scope, revoked_at is not null as revoked, expires_at = '2099-01-01Z' as expires from api_keys order by 1`,
  );
  expect(keys).toEqual([
    { name: 'a@example.com', scope: 'admin', revoked: false, expires: true },
    { name: 'b@example.com', scope: 'chat', revoked: false, expires: true },
    { name: 'c@example.com', scope: 'admin', revoked: true, expires: true },
  ]);
});

test('schema.sql records every file in migrations/, and no other', async () => {
  await session.execute(await readFile(schemaFile, 'utf8'));
  expect(await listRecorded(session)).toEqual(await listMigrationFiles());
});

test('migrations are applied once each, in the order of their names', async () => {
  await using temporary = await createTemporaryDir();
  await migrate(
    session,
    await plant(temporary.dir, { '0001-add-title.sql': 'alter table notes add title text;' }),
  );
  const files = await plant(temporary.dir, {
    '0003-fill.sql': `insert into notes (id, heading) values (1, 'a'); insert into notes (id, heading) values (2, 'b');`,
    '0002-rename.sql': 'alter table notes rename title to heading;',
  });
  await migrate(session, files);
  await migrate(session, files);
  expect(await session.select('select * from notes')).toEqual([
    { id: 1, heading: 'a' },
    { id: 2, heading: 'b' },
  ]);
  expect(await listRecorded(session)).toEqual(['0001-add-title.sql', '0002-rename.sql', '0003-fill.sql']);
});

test('a new database does not run the migrations that schema.sql records', async () => {
  await using temporary = await createTemporaryDir();
  const schema = `${smallSchema} insert into schema_migrations (name) values ('0001-old.sql');`;
  const files = await plant(
    temporary.dir,
    { '0001-old.sql': 'select no_such_function();', '0002-new.sql': 'insert into notes values (1);' },
    schema,
  );
  await migrate(session, files);
  expect(await listRecorded(session)).toEqual(['0001-old.sql', '0002-new.sql']);
});

test('a failed migration is named, and nothing of this start remains', async () => {
  await using temporary = await createTemporaryDir();
  const files = await plant(temporary.dir, {
    '0001-add-tags.sql': 'create table tags (id integer);',
    '0002-broken.sql': 'create table half (id integer); select no_such_function();',
  });
  await expect(migrate(session, files)).rejects.toThrow(
    /^0002-broken\.sql failed, and nothing was changed: .*no_such_function/,
  );
  expect(await listTables(session)).toEqual([]);
});

test('a failed migration leaves an older database unchanged, and can be fixed and run again', async () => {
  await using temporary = await createTemporaryDir();
  await migrate(session, await plant(temporary.dir, {}));
  const broken = await plant(temporary.dir, {
    '0001-tags.sql': 'create table tags (id integer); select 1/0;',
  });
  await expect(migrate(session, broken)).rejects.toThrow('0001-tags.sql');
  expect(await listTables(session)).toEqual(['notes', 'schema_migrations']);
  await migrate(session, await plant(temporary.dir, { '0001-tags.sql': 'create table tags (id integer);' }));
  expect(await listTables(session)).toEqual(['notes', 'schema_migrations', 'tags']);
});

test.for([
  ['a table', 'create table orders (id integer)', 'orders'],
  ['a view', 'create view totals as select 1 as sum', 'totals'],
  ["another tool's schema_migrations", 'create table schema_migrations (version text)', 'schema_migrations'],
] as const)('a database with %s of another program is refused and not changed', async ([, script, name]) => {
  await session.execute(script);
  await expect(migrate(session)).rejects.toThrow(
    `The database is not empty, and it is not Parley's: it has ${name}. Nothing was changed.`,
  );
  expect(await listTables(session)).toEqual([name]);
});

const levelSchema = smallSchema.replace('now());', 'now(), requires_level integer not null default 1);');

test('an older version starts again on a database that a newer one has migrated, while it can work with it', async () => {
  await using temporary = await createTemporaryDir();
  const script = 'alter table notes add title text;';
  const newer = await plant(path.join(temporary.dir, 'newer'), { '0001-later.sql': script }, levelSchema);
  await migrate(session, newer);
  const older = await plant(path.join(temporary.dir, 'older'), {}, levelSchema);
  expect(await migrate(session, older)).toEqual([]);
  expect(await listRecorded(session)).toEqual(['0001-later.sql']);
});

test.each([
  ['takes away what it uses', levelSchema, '-- Two releases later.\n-- requires level: 2\nselect 1;'],
  ['does not say what it requires', smallSchema, 'select 1;'],
])('an older version is refused on a database whose newer migration %s', async (_, schema, script) => {
  await using temporary = await createTemporaryDir();
  const newer = await plant(path.join(temporary.dir, 'newer'), { '0001-later.sql': script }, schema);
  await migrate(session, newer);
  const older = await plant(path.join(temporary.dir, 'older'), {}, schema);
  await expect(migrate(session, older)).rejects.toThrow('newer Parley (it has 0001-later.sql');
});

test('a migration without a number in its file name is refused', async () => {
  await using temporary = await createTemporaryDir();
  const files = await plant(temporary.dir, { 'add-tags.sql': 'select 1;' });
  await expect(migrate(session, files)).rejects.toThrow('add-tags.sql');
});
