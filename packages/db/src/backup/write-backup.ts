// Writes a backup of a running Parley to a file: all rows of one moment, and the version of their schema.
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isParley, listApplied, listMigrations, parleyFiles, type MigrationSession } from '../migrate.ts';
import { withSession, type DatabaseLocation } from '../with-session.ts';
import { BackupError } from './backup-error.ts';
import { encodeBackup, type BackupPart } from './backup-file.ts';
import { listSavedTables, listTeamIds, readRows } from './read-rows.ts';
import { savedTables } from './saved-tables.ts';

export interface BackupOptions {
  /** Called after each table, and from time to time within a long one. */
  onProgress?: (progress: { table: string; rows: number }) => void;
  signal?: AbortSignal;
}

export interface BackupSummary {
  /** Rows by table. */
  tables: Record<string, number>;
  bytes: number;
}

const PROGRESS_ROWS = 100_000;

/**
 * Replaces the file once the backup is complete and on the disk. Only its owner can read it.
 * @throws BackupError, or Error that says why the database cannot be reached
 */
export async function writeBackup(
  location: DatabaseLocation,
  file: string,
  options: BackupOptions = {},
): Promise<BackupSummary> {
  const tables: Record<string, number> = {};
  const bytes = await withSession(location, (session) =>
    inSnapshot(session, async () => {
      const header = await readHeader(session);
      const parts = withCounts(readParts(session, header, options), tables);
      return writeWhole(file, encodeBackup(parts));
    }),
  );
  if (bytes === undefined)
    throw new BackupError(
      'DATABASE_FOREIGN',
      'There is no embedded database yet. Set DATABASE_URL, or PARLEY_DATA_DIR to the folder of the server.',
    );
  return { tables, bytes };
}

async function inSnapshot<Result>(session: MigrationSession, work: () => Promise<Result>): Promise<Result> {
  await session.execute('begin isolation level repeatable read read only');
  try {
    await session.execute(`
      set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
      set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
      set local bytea_output = 'hex'; set local extra_float_digits = 1;
      select set_config('search_path', quote_ident(current_schema()), true);
    `);
    return await work();
  } finally {
    await session.execute('rollback').catch(() => undefined);
  }
}

async function readHeader(session: MigrationSession): Promise<{ createdAt: string; migrations: string[] }> {
  if (!(await isParley(session)))
    throw new BackupError('DATABASE_FOREIGN', "The database is empty or not Parley's. Check DATABASE_URL.");
  const applied = [...(await listApplied(session))].toSorted();
  const known = await listMigrations(parleyFiles.migrationsDir);
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BackupError(
      'DATABASE_NEWER',
      `A newer Parley has migrated the database (${unknown}). Make the backup with that version.`,
    );
  }
  return { createdAt: new Date().toISOString(), migrations: applied };
}

async function* readParts(
  session: MigrationSession,
  header: { createdAt: string; migrations: string[] },
  { onProgress, signal }: BackupOptions,
): AsyncGenerator<BackupPart> {
  yield { kind: 'header', header };
  const tables = await listSavedTables(session, savedTables);
  const teamIds = await listTeamIds(session, tables);
  for (const table of tables) {
    const { name, columns } = table;
    yield { kind: 'table', name, columns };
    let rows = 0;
    for await (const page of readRows(session, table, teamIds)) {
      signal?.throwIfAborted();
      yield { kind: 'rows', lines: page.map((line) => Buffer.from(line)) };
      const reported = Math.floor(rows / PROGRESS_ROWS);
      rows += page.length;
      if (Math.floor(rows / PROGRESS_ROWS) > reported) onProgress?.({ table: name, rows });
    }
    yield { kind: 'tableEnd', name, rows };
    onProgress?.({ table: name, rows });
  }
}

async function* withCounts(
  parts: AsyncIterable<BackupPart>,
  tables: Record<string, number>,
): AsyncGenerator<BackupPart> {
  for await (const part of parts) {
    if (part.kind === 'tableEnd') tables[part.name] = part.rows;
    yield part;
  }
}

/** Writes a temporary file beside `file`, syncs it and renames it. Returns its size. */
async function writeWhole(file: string, pieces: AsyncIterable<Buffer>): Promise<number> {
  const unfinished = `${file}.${process.pid}.part`;
  const handle = await open(unfinished, 'wx', 0o600).catch((cause: unknown) => {
    throw unusable(file, cause);
  });
  try {
    await pipeline(Readable.from(pieces), createGzip(), async (zipped: AsyncIterable<Buffer>) => {
      for await (const piece of zipped) await handle.appendFile(piece);
    });
    await handle.sync();
    const { size } = await handle.stat();
    await handle.close();
    await rename(unfinished, file);
    await syncDir(path.dirname(file));
    return size;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw isFileError(error) ? unusable(file, error) : error;
  }
}

/** Makes the rename survive a power cut. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    'syscall' in error &&
    ['write', 'fsync', 'rename'].includes(String(error.syscall))
  );
}

function unusable(file: string, cause: unknown): BackupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BackupError('FILE_UNUSABLE', `${file} cannot be written: ${why}`, { cause });
}
