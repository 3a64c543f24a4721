// Restores a backup into an empty database, or in place of what a database holds. One transaction does everything, so a
// failure leaves the database as it was.
import { open, type FileHandle } from 'node:fs/promises';
import {
  applyMigrations,
  forceRowSecurity,
  isParley,
  listApplied,
  listMigrations,
  parleyFiles,
  refuseForeign,
  seeAllRows,
  waitForTurn,
  type MigrationSession,
} from '../migrate.ts';
import { enterScope } from '../scope.ts';
import { withSession, type DatabaseLocation } from '../with-session.ts';
import { BackupError } from './backup-error.ts';
import { readBackup, type BackupHeader } from './backup-file.ts';
import { createSchema, dropSchema } from './create-schema.ts';
import { insertRows, listColumns, type Column } from './insert-rows.ts';
import { savedTables } from './saved-tables.ts';

export interface RestoreOptions {
  /** Replaces what the database holds. */
  replace?: boolean;
  onProgress?: (step: RestoreStep) => void;
  signal?: AbortSignal;
}

/** `checked`: the whole file is sound. `restored`: rows of a table so far. */
export type RestoreStep =
  { kind: 'checked'; rows: number; createdAt: string } | { kind: 'restored'; table: string; rows: number };

export interface RestoreSummary {
  createdAt: string;
  /** Rows by table. */
  tables: Record<string, number>;
  /** Migrations that were newer than the backup. */
  migrated: string[];
}

const PROGRESS_ROWS = 100_000;

/** A backup of which every line has been read once. */
interface CheckedBackup {
  file: FileHandle;
  header: BackupHeader;
  sha256: string;
}

/**
 * Checks the whole file before it connects to the database.
 * @throws BackupError, or Error that says why the database cannot be reached
 */
export async function restoreBackup(
  location: DatabaseLocation,
  path: string,
  options: RestoreOptions = {},
): Promise<RestoreSummary> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BackupError('FILE_UNUSABLE', `${path} cannot be read: ${why}`, { cause });
  });
  try {
    const backup = await check(file, options);
    const summary = await withSession(location, (session) => restore(session, backup, options), {
      createsDatabase: true,
    });
    if (summary === undefined) throw new Error('The embedded database was not created.');
    return summary;
  } finally {
    await file.close();
  }
}

async function check(file: FileHandle, { onProgress, signal }: RestoreOptions): Promise<CheckedBackup> {
  if (!(await file.stat()).isFile()) throw new BackupError('FILE_UNUSABLE', 'The backup is not a file.');
  const known = await listMigrations(parleyFiles.migrationsDir);
  let header: BackupHeader | undefined;
  let end: { rows: number; sha256: string } | undefined;
  // To the last byte: the loop must not stop at the backup's own end.
  for await (const part of readBackup(file)) {
    signal?.throwIfAborted();
    if (part.kind === 'header') {
      ({ header } = part);
      const unknown = header.migrations.find((name) => !known.includes(name));
      if (unknown !== undefined) {
        throw new BackupError(
          'BACKUP_NEWER',
          `A newer Parley wrote this backup (its database has ${unknown}, which this version does not know). Update Parley. Nothing was changed.`,
        );
      }
    } else if (part.kind === 'table' && !savedTables.includes(part.name)) {
      throw new BackupError('BACKUP_DAMAGED', `The backup has a table ${part.name}, which is not Parley's.`);
    } else if (part.kind === 'end') {
      end = part;
    }
  }
  if (header === undefined || end === undefined) throw new Error('A backup without an end was not refused.');
  onProgress?.({ kind: 'checked', rows: end.rows, createdAt: header.createdAt });
  return { file, header, sha256: end.sha256 };
}

async function restore(
  session: MigrationSession,
  backup: CheckedBackup,
  options: RestoreOptions,
): Promise<RestoreSummary> {
  await session.execute('begin');
  try {
    await session.execute(`
      ${waitForTurn}; set local idle_in_transaction_session_timeout = 0; set local timezone = 'UTC'; set local datestyle = 'ISO';
      select set_config('search_path', quote_ident(current_schema()), true);
    `);
    await makeRoom(session, options.replace ?? false);
    const { migrations, createdAt } = backup.header;
    await createSchema(session, migrations);
    const tables = await insertAll(session, backup, options);
    const known = await listMigrations(parleyFiles.migrationsDir);
    const migrated = known.filter((name) => !migrations.includes(name));
    await applyMigrations(session, migrated, parleyFiles.migrationsDir);
    await session.execute(onEachTable('analyze %s'));
    await session.execute('commit');
    return { createdAt, tables, migrated };
  } catch (error) {
    // The server rolls back by itself if the connection is lost, and the first error is the one to report.
    await session.execute('rollback').catch(() => undefined);
    throw error;
  }
}

/** Leaves a schema without Parley's tables, or refuses. */
async function makeRoom(session: MigrationSession, replace: boolean): Promise<void> {
  if (!(await isParley(session))) return refuseForeign(session);
  await refuseInUse(session);
  if (!replace && (await hasTeams(session))) {
    throw new BackupError(
      'DATABASE_NOT_EMPTY',
      'The database has teams already. Nothing was changed. Restore into an empty database, or replace all of its content with --replace.',
    );
  }
  await dropSchema(session);
}

/** Instances would go on with rows that are gone, and their locks could hold up the restore. */
async function refuseInUse(session: MigrationSession): Promise<void> {
  const [row] = await session.select<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'parley' and pid <> pg_backend_pid()`,
  );
  if (row === undefined || row.count === 0) return;
  throw new BackupError(
    'DATABASE_IN_USE',
    `Parley is running on this database (${row.count} connections). Nothing was changed. Stop all instances, and restore again.`,
  );
}

async function hasTeams(session: MigrationSession): Promise<boolean> {
  const hasRoles = (await listApplied(session)).has('0002-row-level-security.sql');
  if (hasRoles) await session.select(enterScope, ['parley_system', '']);
  const [row] = await session.select<{ exists: boolean }>('select exists (select from teams) as "exists"');
  if (hasRoles) await session.select(enterScope, ['none', '']);
  return row?.exists ?? true;
}

/** Without triggers and foreign keys, so that the order of tables does not matter. Foreign keys are checked at the end. */
async function insertAll(
  session: MigrationSession,
  { file, sha256 }: CheckedBackup,
  { onProgress, signal }: RestoreOptions,
): Promise<Record<string, number>> {
  await session.execute(`${seeAllRows}; ${onEachTable('alter table %s disable trigger user')}`);
  const foreignKeys = await session.select<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as "table", quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of foreignKeys)
    await session.execute(`alter table ${table} drop constraint ${name}`);
  // The schema's own records of its migrations; the backup has them with their times.
  await session.execute('delete from schema_migrations');

  const tables: Record<string, number> = {};
  let table: { name: string; columns: Column[]; rows: number } | undefined;
  for await (const part of readBackup(file)) {
    signal?.throwIfAborted();
    if (part.kind === 'table') {
      table = { name: part.name, columns: await listColumns(session, part), rows: 0 };
    } else if (part.kind === 'rows' && table !== undefined) {
      const reported = Math.floor(table.rows / PROGRESS_ROWS);
      await insertRows(session, table, part.lines);
      table.rows += part.lines.length;
      if (Math.floor(table.rows / PROGRESS_ROWS) > reported)
        onProgress?.({ kind: 'restored', table: table.name, rows: table.rows });
    } else if (part.kind === 'tableEnd') {
      tables[part.name] = part.rows;
      onProgress?.({ kind: 'restored', table: part.name, rows: part.rows });
    } else if (part.kind === 'end' && part.sha256 !== sha256) {
      throw new BackupError(
        'BACKUP_DAMAGED',
        'The file has changed while it was restored. Nothing was changed.',
      );
    }
  }

  for (const { table: of, name, definition } of foreignKeys)
    await session.execute(`alter table ${of} add constraint ${name} ${definition}`);
  await session.execute(`${onEachTable('alter table %s enable trigger user')}; ${forceRowSecurity}`);
  return tables;
}

function onEachTable(statement: string): string {
  return `
    do $$
    declare
      relation regclass;
    begin
      for relation in select oid from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' loop
        execute format('${statement}', relation);
      end loop;
    end
    $$`;
}
