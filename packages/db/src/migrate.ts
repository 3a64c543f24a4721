// Brings a database to the present schema: schema.sql into an empty one, then the migrations it does not have yet.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** One session of a database, of either driver. */
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

/** Any number that no other user of the database's advisory locks would choose. */
const lockKey = 7_275_395_390_145;

/**
 * Applies everything in one transaction, or nothing. Several processes may do this to one database at once: one
 * applies, the others wait and find it done. Throws, naming the file, when a script fails, and when the database
 * holds something other than Parley.
 * @returns the names of the files that were applied
 */
export async function migrate(
  session: MigrationSession,
  files: MigrationFiles = parleyFiles,
): Promise<string[]> {
  const migrations = await listMigrations(files.migrationsDir);
  await session.execute('begin');
  try {
    // The lock ends with the transaction, so a process that dies here blocks nobody. Waiting for it may take as long
    // as another process's migration.
    await session.execute(`set local statement_timeout = 0; select pg_advisory_xact_lock(${lockKey})`);
    const isNew = !(await isParley(session));
    if (isNew) {
      await refuseForeign(session);
      await apply(session, files.schemaFile);
    }
    const applied = await listApplied(session);
    refuseNewer(applied, migrations);
    const missing = migrations.filter((name) => !applied.has(name));
    if (missing.length > 0) {
      await session.execute(seeAllRows);
      for (const name of missing) {
        await apply(session, path.join(files.migrationsDir, name));
        await session.select('insert into schema_migrations (name) values ($1)', [name]);
      }
      await session.execute(forceRowSecurity);
    }
    await session.execute('commit');
    return [...(isNew ? [path.basename(files.schemaFile)] : []), ...missing];
  } catch (error) {
    // A lost connection fails here too; the server has rolled back then, and the first error is the one to tell.
    await session.execute('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * Row-level security binds the owner of the tables too (FORCE), who would change nothing where a migration says
 * `update chats set ...`, without an error. So it does not bind the owner while migrations run, in their transaction;
 * and what it would still keep from them is an error (row_security).
 */
const seeAllRows = `
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

const forceRowSecurity = `
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
      `A migration's file name looks like 0001-add-tags.sql, so that they have an order: ${misnamed}`,
    );
  }
  return names;
}

/** Rails, dbmate and others call their table `schema_migrations` too: its name alone proves nothing. */
export async function isParley(session: MigrationSession): Promise<boolean> {
  const rows = await session.select(
    `select 1 from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = current_schema()::regnamespace and c.relname = 'schema_migrations' and a.attname in ('name', 'applied_at')`,
  );
  return rows.length === 2;
}

async function refuseForeign(session: MigrationSession): Promise<void> {
  const names = await listForeignTables(session);
  if (names.length > 0) {
    throw new Error(
      `The database is not empty, and it is not Parley's: it has ${names.join(', ')}. Nothing was changed. Give Parley a database of its own.`,
    );
  }
}

/** The first few. Tables of extensions do not count: a hosted database often has some from the start. */
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

function refuseNewer(applied: Set<string>, migrations: string[]): void {
  const unknown = [...applied].find((name) => !migrations.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `The database was migrated by a newer Parley (it has ${unknown}, which this version does not). Update Parley, or restore a backup.`,
    );
  }
}

async function apply(session: MigrationSession, file: string): Promise<void> {
  const script = await readFile(file, 'utf8');
  try {
    await session.execute(script);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path.basename(file)} failed, and nothing was changed: ${reason}`, { cause: error });
  }
}
