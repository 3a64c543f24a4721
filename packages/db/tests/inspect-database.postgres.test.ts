import { describe, expect, test } from 'vitest';
import { inspectDatabase } from '../src/inspect-database.ts';
import { open } from '../src/open.ts';
import { runAsAdmin } from '../src/testing/postgres-template.ts';
import { createEmptyPostgres } from './empty-database.ts';

const sound = {
  isSupportedVersion: true,
  schema: 'parley',
  missingMigrations: [],
  unknownMigrations: [],
  roles: ['parley_app', 'parley_system'].map((name) => ({
    name,
    exists: true,
    mayTakeOn: true,
    bypassesRowSecurity: false,
  })),
  unprotectedTables: [],
  leaksRows: false,
};

describe('inspectDatabase()', () => {
  test('inspectDatabase() finds no fault in a database from open(), and leaves an empty database empty', async () => {
    await using database = await createEmptyPostgres();
    const { url } = database;
    expect(await inspectDatabase({ url })).toMatchObject({ schema: 'empty' });
    expect(await inspectDatabase({ url })).toMatchObject({ schema: 'empty' });
    const files: (readonly string[])[] = [];
    const onMigrated = (applied: readonly string[]) => void files.push(applied);
    await (await open({ url, onMigrated })).destroy();
    await (await open({ url, onMigrated })).destroy();
    expect(files).toEqual([['schema.sql']]);
    expect(await inspectDatabase({ url })).toMatchObject(sound);
  });

  test('inspectDatabase() finds missing row-level security, and migrations of a newer version', async () => {
    await using database = await createEmptyPostgres();
    const { url } = database;
    await (await open({ url })).destroy();
    await runAsAdmin(
      url,
      `alter table chats no force row level security; alter table agents disable row level security;
       drop policy team on users; drop policy system on users;
       create policy everything on teams to parley_app using (true);
       insert into teams (id, slug, name) values (gen_random_uuid(), 'north', 'North');
       delete from schema_migrations where name like '0002-%';
       insert into schema_migrations (name) values ('9999-later.sql')`,
    );
    expect(await inspectDatabase({ url })).toMatchObject({
      ...sound,
      missingMigrations: [expect.stringMatching(/^0002-/)],
      unknownMigrations: [{ name: '9999-later.sql', isCompatible: true }],
      unprotectedTables: ['agents', 'chats', 'users'],
      leaksRows: true,
    });
  });

  test("inspectDatabase() recognizes another program's database", async () => {
    await using database = await createEmptyPostgres();
    await runAsAdmin(database.url, 'create table orders (id integer)');
    expect(await inspectDatabase(database)).toMatchObject({ schema: 'foreign' });
  });
});
