// Creates the schema of a backup: the present one, or an older one for the rows of an older version.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import {
  applyMigrations,
  applyScript,
  listMigrations,
  parleyFiles,
  type MigrationSession,
} from '../migrate.ts';
import { parleyTables } from './saved-tables.ts';
import { quote } from './read-rows.ts';
import { BackupError } from './backup-error.ts';

/** The first released schema.sql. With the migrations after it, it makes the schema of any version. */
const firstSchemaFile = fileURLToPath(new URL('../../releases/schema-of-0.1.0.sql', import.meta.url));

/** Creates the schema in which exactly these migrations are applied. */
export async function createSchema(session: MigrationSession, migrations: readonly string[]): Promise<void> {
  const { schemaFile, migrationsDir } = parleyFiles;
  const known = await listMigrations(migrationsDir);
  const isPresent = known.length === migrations.length;
  await applyScript(session, isPresent ? schemaFile : firstSchemaFile);
  if (isPresent) return;
  await applyMigrations(
    session,
    known.filter((name) => migrations.includes(name)),
    migrationsDir,
  );
}

/**
 * Drops Parley's tables and functions, of whatever version.
 * @throws BackupError DATABASE_FOREIGN if the schema also has tables that Parley does not know
 */
export async function dropSchema(session: MigrationSession): Promise<void> {
  const tables = await session.select<{ name: string }>(
    `select relname as name from pg_class c
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1`,
  );
  const foreign = tables.filter(({ name }) => !parleyTables.includes(name)).map(({ name }) => name);
  if (foreign.length > 0) {
    throw new BackupError(
      'DATABASE_FOREIGN',
      `The database also has tables or views that this version of Parley does not know: ${foreign.join(', ')}. Nothing was changed. Move or drop them, or restore into an empty database.`,
    );
  }
  const functions = dropFunctions(await listFunctions());
  // `messages(chats)` depends on the tables, and the tables depend on the other functions.
  await session.execute(functions);
  await session.execute(`drop table ${tables.map(({ name }) => quote(name)).join(', ')}`);
  await session.execute(functions);
}

/** A script that drops the functions on which nothing depends. */
function dropFunctions(names: readonly string[]): string {
  return `
    do $$
    declare
      signature regprocedure;
    begin
      for signature in
        select oid from pg_proc
        where pronamespace = current_schema()::regnamespace and proname in (${names.map((name) => `'${name}'`).join(', ')})
      loop
        begin
          execute format('drop function %s', signature);
        exception when dependent_objects_still_exist then
          null;
        end;
      end loop;
    end
    $$`;
}

/** Names of the functions of every version. */
async function listFunctions(): Promise<string[]> {
  const { schemaFile, migrationsDir } = parleyFiles;
  const migrations = (await listMigrations(migrationsDir)).map((name) => path.join(migrationsDir, name));
  const scripts = await Promise.all(
    [schemaFile, firstSchemaFile, ...migrations].map((file) => readFile(file, 'utf8')),
  );
  const names = scripts.flatMap((script) =>
    [...script.matchAll(/^create (?:or replace )?function (\w+)\(/gm)].flatMap(([, name = '']) => name),
  );
  return [...new Set(names)];
}
