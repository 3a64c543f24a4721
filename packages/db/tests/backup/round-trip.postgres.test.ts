import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { restoreBackup, writeBackup } from '../../src/index.ts';
import { savedTables } from '../../src/backup/saved-tables.ts';
import { open } from '../../src/open.ts';
import { withSession } from '../../src/with-session.ts';
import { createTemporaryDir } from '../temporary-dir.ts';
import { createDatabase, describeDatabase, fill } from './databases.ts';

test('a backup of Postgres restores every row, policy and right on Postgres', async () => {
  await using temporary = await createTemporaryDir();
  await using source = await createDatabase('postgres');
  await using target = await createDatabase('postgres');
  await fill(source.location, source.admin);
  const file = path.join(temporary.dir, 'parley.backup');

  const written = await writeBackup(source.location, file);
  // Each saved table has rows, so each is known to be read and written.
  expect(Object.keys(written.tables)).toEqual(savedTables.toSorted());
  expect(Object.values(written.tables)).not.toContain(0);
  expect(written.tables).toMatchObject({ teams: 3, messages: 9, audit_log: 6 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(temporary.dir)).toEqual(['parley.backup']);
  expect(await restoreBackup(target.location, file)).toMatchObject({ tables: written.tables, migrated: [] });
  expect(await describeDatabase(target.admin)).toEqual(await describeDatabase(source.admin));
});

test('a backup of PGlite moves to Postgres and back without a loss', { timeout: 180_000 }, async () => {
  await using temporary = await createTemporaryDir();
  await using tryout = await createDatabase('pglite');
  await using server = await createDatabase('postgres');
  await fill(tryout.location, tryout.admin);
  const file = path.join(temporary.dir, 'parley.backup');

  await writeBackup(tryout.location, file);
  await restoreBackup(server.location, file);
  const expected = await describeDatabase(tryout.admin);
  expect(await describeDatabase(server.admin)).toEqual(expected);
  await writeBackup(server.location, file);
  await restoreBackup(tryout.location, file, { replace: true });
  expect(await describeDatabase(tryout.admin)).toEqual(expected);
});

test('a backup of the first release is restored with its rows, and then migrated', async () => {
  await using temporary = await createTemporaryDir();
  await using source = await createDatabase('postgres');
  await using target = await createDatabase('postgres');
  const releases = path.resolve(import.meta.dirname, '../../releases');
  const schema = await readFile(path.join(releases, 'schema-of-0.1.0.sql'), 'utf8');
  await withSession(source.location, async (session) => {
    await session.execute(schema);
    await session.execute(`
      insert into teams (id, slug, name) values (gen_random_uuid(), 'north', 'North');
      insert into agents (team_id, id, name, webhook_url) select id, gen_random_uuid(), 'Helper', 'http://localhost' from teams`);
  });
  const file = path.join(temporary.dir, 'parley.backup');
  await writeBackup(source.location, file);
  const { migrated, tables } = await restoreBackup(target.location, file);
  expect(tables).toMatchObject({ teams: 1, agents: 1 });
  expect(migrated[0]).toBe('0001-agent-protocol.sql');

  // The result equals a migration of the old database itself.
  await (await open(source.location)).destroy();
  const [before, after] = [await describeDatabase(source.admin), await describeDatabase(target.admin)];
  expect(after.schema).toEqual(before.schema);
  // The times of the migrations differ.
  const { schema_migrations: _times, ...rows } = before.rows;
  expect(after.rows).toMatchObject(rows);
  expect(after.rows['agents']?.[0]).toContain(',webhook,');
});
