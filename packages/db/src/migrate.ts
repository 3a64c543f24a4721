// Brings a database to the current schema: runs schema.sql in an empty database, then the missing migrations.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** A session of either driver. */
export interface MigrationSession {
  /** Runs a script of any number of statements. */
  execute(script: string): Promise<unknown>;
  select<Row>(query: string, parameters?: unknown[]): Promise<Row[]>;
}

export interface MigrationFiles {
  /** The whole schema, for an empty database. */
  schemaFile: string;
  /** A folder of files named like `0001-add-tags.sql`. */
  migrationsDir: string;
}

export const parleyFiles: MigrationFiles = {
  schemaFile: fileURLToPath(new URL('../../../schema.sql', import.meta.url)),
  migrationsDir: fileURLToPath(new URL('../migrations', import.meta.url)),
};

/**
 * The schema level of this version. A migration that takes away what an older version uses names, in a comment
 * `-- requires level: N`, the first level that does without; this number is raised a release before.
 */
const SCHEMA_LEVEL = 1;

/** An arbitrary number, unlikely to be used by other programs as an advisory lock. */
const lockKey = 7_275_395_390_145;

/**
 * The transaction holds the lock, so a process that dies releases it. Waiting may take as long as the migration of another
 * process.
 */
export const waitForTurn = `set local statement_timeout = 0; select pg_advisory_xact_lock(${lockKey})`;

/**
 * Applies everything in one transaction, or nothing. If several processes migrate one database at once, one applies the
 * files and the others wait and find nothing to do.
 * @returns the names of the applied files
 * @throws Error that names the file if a script fails, and if the database belongs to another program
 */
export async function migrate(
  session: MigrationSession,
  files: MigrationFiles = parleyFiles,
): Promise<string[]> {
  const migrations = await listMigrations(files.migrationsDir);
  await session.execute('begin');
  try {
    await session.execute(waitForTurn);
    const isNew = !(await isParley(session));
    if (isNew) {
      await refuseForeign(session);
      await applyScript(session, files.schemaFile);
    }
    const applied = await listApplied(session);
    await refuseTooNew(session, migrations);
    const missing = migrations.filter((name) => !applied.has(name));
    await applyMigrations(session, missing, files.migrationsDir);
    await session.execute('commit');
    return [...(isNew ? [path.basename(files.schemaFile)] : []), ...missing];
  } catch (error) {
    // A lost connection fails here too. The server rolls back by itself then, and the first error is the one to report.
    await session.execute('rollback').catch(() => undefined);
    throw error;
  }
}

/** Applies the files in this order and records them. */
export async function applyMigrations(
  session: MigrationSession,
  names: readonly string[],
  dir: string,
): Promise<void> {
  if (names.length === 0) return;
  await session.execute(seeAllRows);
  for (const name of names) {
    const level = await applyScript(session, path.join(dir, name));
    await session.select('insert into schema_migrations (name) values ($1)', [name]);
    if (level !== undefined) {
      await session.select('update schema_migrations set requires_level = $1 where name = $2', [level, name]);
    }
  }
  await session.execute(forceRowSecurity);
}

/**
 * Row-level security also binds the owner of the tables (FORCE), so a migration with `update chats set ...` would
 * change no rows and report no error. It is lifted for the owner inside the migration's transaction, and `row_security
 * = off` turns any remaining filtering into an error.
 */
export const seeAllRows = `
  do $$
  declare
    relation regclass;
  begin
    if (select not rolsuper and not rolbypassrls from pg_roles where rolname = current_user) then
      for relation in select oid from pg_class where relnamespace = current_schema()::regnamespace and relforcerowsecurity loop
        execute format('alter table %s no force row level security', relation);
      end loop;
    end if;
  end
  $$;
  set local row_security = off;
`;

export const forceRowSecurity = `
  do $$
  declare
    relation regclass;
  begin
    for relation in
      select oid from pg_class
      where relnamespace = current_schema()::regnamespace and relrowsecurity and not relforcerowsecurity
    loop
      execute format('alter table %s force row level security', relation);
    end loop;
  end
  $$
`;

export async function listMigrations(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).toSorted();
  const misnamed = names.find((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  if (misnamed !== undefined) {
    throw new Error(
      `The name of a migration must look like 0001-add-tags.sql, because it gives the order: ${misnamed}`,
    );
  }
  return names;
}

/** Rails, dbmate and others also have a table `schema_migrations`, so its name alone proves nothing. */
export async function isParley(session: MigrationSession): Promise<boolean> {
  const rows = await session.select(
    `select 1 from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = current_schema()::regnamespace and c.relname = 'schema_migrations' and a.attname in ('name', 'applied_at')`,
  );
  return rows.length === 2;
}

export async function refuseForeign(session: MigrationSession): Promise<void> {
  const names = await listForeignTables(session);
  if (names.length > 0) {
    throw new Error(
      `The database is not empty, and it is not Parley's: it has ${names.join(', ')}. Nothing was changed. Give Parley a database of its own.`,
    );
  }
}

/** The first few foreign tables. Tables of extensions do not count: hosted databases often have some from the start. */
export async function listForeignTables(session: MigrationSession): Promise<string[]> {
  const tables = await session.select<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by c.relname limit 3`,
  );
  return tables.map((table) => table.name);
}

export async function listApplied(session: MigrationSession): Promise<Set<string>> {
  const rows = await session.select<{ name: string }>('select name from schema_migrations');
  return new Set(rows.map((row) => row.name));
}

async function refuseTooNew(session: MigrationSession, known: readonly string[]): Promise<void> {
  const tooNew = (await listUnknown(session, known)).find(({ isCompatible }) => !isCompatible);
  if (tooNew !== undefined) {
    throw new Error(
      `The database was migrated by a newer Parley (it has ${tooNew.name}, which this version cannot work with). Update Parley, or restore a backup.`,
    );
  }
}

/** Migrations of a newer version, and whether this version works with the database that they leave. */
export async function listUnknown(
  session: MigrationSession,
  known: readonly string[],
): Promise<{ name: string; isCompatible: boolean }[]> {
  // Through JSON, because a database of an earlier version has no such column.
  const rows = await session.select<{ name: string; level: number | null }>(
    `select name, (to_jsonb(m) ->> 'requires_level')::integer as level from schema_migrations m order by name`,
  );
  return rows
    .filter(({ name }) => !known.includes(name))
    .map(({ name, level }) => ({ name, isCompatible: level !== null && level <= SCHEMA_LEVEL }));
}

/** @returns the schema level that the file names */
export async function applyScript(session: MigrationSession, file: string): Promise<number | undefined> {
  const script = await readFile(file, 'utf8');
  try {
    await session.execute(script);
    const level = /^-- requires level: (\d+)$/m.exec(script)?.[1];
    return level === undefined ? undefined : Number(level);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path.basename(file)} failed, and nothing was changed: ${reason}`, { cause: error });
  }
}
