// Opens the embedded database: PGlite, a Postgres compiled to WebAssembly, in a local folder. It has a single session,
// and every statement blocks the event loop, so it suits trials, tests and small teams.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type PGliteOptions as DriverOptions } from '@electric-sql/pglite';
import { PGliteDialect, sql, type Kysely, type PGlite as KyselyPGlite } from 'kysely';
import { camelCaseRows, SnakeCaseCompiler } from './column-names.ts';
import { columnParsers, oid, serializeBytea } from './column-parsers.ts';
import type { DB } from './generated/database.ts';
import { migrate, type MigrationFiles, type MigrationSession } from './migrate.ts';
import { observePGlite } from './observe-pglite.ts';
import { acquirePidLock, type PidLock } from './pid-lock.ts';
import { createHandle, systemScope } from './scope.ts';
import { scopedPGlite } from './scoped-pglite.ts';
import type { WriteObserver } from './write-refusal.ts';

export interface PGliteOptions {
  /** Created with mode 0700. The database is in its folder `database/`; other files may lie beside it. */
  dataDir: string;
  /** Called with the names of the applied files, if there were any. */
  onMigrated?: ((files: readonly string[]) => void) | undefined;
  /** Receives the results of statements that write. */
  writeObserver?: WriteObserver | undefined;
  /** For tests. Default: Parley's own files. */
  migrationFiles?: MigrationFiles;
}

export async function openPGlite({
  dataDir,
  migrationFiles,
  onMigrated,
  writeObserver,
}: PGliteOptions): Promise<Kysely<DB>> {
  const lock = await claimDataDir(dataDir);
  try {
    const databaseDir = databaseDirOf(dataDir);
    if (!existsSync(databaseDir)) await createDatabase(databaseDir);
    return await connectPGlite(await startPGlite(databaseDir), {
      migrationFiles,
      onMigrated,
      writeObserver,
      onClose: lock.release,
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

export function hasEmbeddedDatabase(dataDir: string): boolean {
  return existsSync(databaseDirOf(dataDir));
}

export function databaseDirOf(dataDir: string): string {
  return path.resolve(dataDir, 'database');
}

/** PGlite does not notice a second process in its folder, and the two would destroy the data. */
export async function claimDataDir(dataDir: string): Promise<PidLock> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await acquirePidLock(dataDir);
  } catch (error) {
    // An error without a system call is not from the file system: the lock is held.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new Error(
      `The data directory ${dataDir} cannot be written (${error.message}). Give this user write permission, or set PARLEY_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}

/**
 * Creates the database in a temporary folder and renames that. PGlite copies a thousand files into a new database, and
 * a process killed halfway would otherwise leave a folder that looks complete.
 */
export async function createDatabase(databaseDir: string): Promise<void> {
  const unfinished = `${databaseDir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const pglite = await PGlite.create(unfinished);
  await pglite.close();
  await rename(unfinished, databaseDir);
}

export async function startPGlite(databaseDir: string): Promise<PGlite> {
  try {
    return await PGlite.create({ ...driverOptions, dataDir: databaseDir });
  } catch (error) {
    throw new Error(
      `The embedded database in ${databaseDir} does not start. Start the version of Parley that wrote it, or restore a backup of the folder.`,
      { cause: error },
    );
  }
}

/** Driver options of every PGlite passed to `connectPGlite`. */
export const driverOptions: DriverOptions = {
  parsers: columnParsers,
  serializers: { [oid.bytea]: serializeBytea },
};

/** Migrates a running PGlite and returns a Kysely in the system's scope. Closes the PGlite on failure. */
export async function connectPGlite(
  pglite: PGlite,
  options: {
    migrationFiles?: MigrationFiles | undefined;
    onMigrated?: PGliteOptions['onMigrated'];
    writeObserver?: PGliteOptions['writeObserver'];
    onClose?: () => void;
  } = {},
): Promise<Kysely<DB>> {
  try {
    const applied = await migrate(pgliteSession(pglite), options.migrationFiles);
    if (applied.length > 0) options.onMigrated?.(applied);
    // The only session belongs to a superuser, so it enters the system's scope once.
    await pglite.exec(`set role ${systemScope.role}`);
    const closing = closingWith(pglite, options.onClose);
    const { writeObserver } = options;
    const db = createHandle(
      (scope) => {
        const scoped = scope === systemScope ? closing : scopedPGlite(pglite, scope);
        return new SnakeCasePGliteDialect({
          pglite: writeObserver === undefined ? scoped : observePGlite(scoped, writeObserver),
        });
      },
      systemScope,
      [camelCaseRows],
    );
    // Kysely's destroy() does nothing before the first query.
    await sql`select 1`.execute(db);
    return db;
  } catch (error) {
    await pglite.close();
    throw error;
  }
}

export class SnakeCasePGliteDialect extends PGliteDialect {
  override createQueryCompiler(): SnakeCaseCompiler {
    return new SnakeCaseCompiler();
  }
}

export function pgliteSession(pglite: PGlite): MigrationSession {
  return {
    execute: (script) => pglite.exec(script),
    select: async <Row>(query: string, parameters?: unknown[]) =>
      (await pglite.query<Row>(query, parameters)).rows,
  };
}

/** The few members of PGlite that Kysely calls, with an extra step in `close()`. */
function closingWith(pglite: PGlite, onClose: () => void = () => undefined): KyselyPGlite {
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    waitReady: pglite.waitReady,
    query: (query, parameters, options) => pglite.query(query, parameters, options),
    transaction: (callback) => pglite.transaction(callback),
    close: async () => {
      try {
        await pglite.close();
      } finally {
        onClose();
      }
    },
  };
}
