// Opens the embedded database: PGlite, a Postgres compiled to WebAssembly, in a folder of this machine. It has one
// session, and each statement blocks the event loop: for trying Parley out, for tests, for a small team.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type PGliteOptions as DriverOptions } from '@electric-sql/pglite';
import { PGliteDialect, sql, type Kysely, type PGlite as KyselyPGlite } from 'kysely';
import { camelCaseRows, SnakeCaseCompiler } from './column-names.ts';
import { columnParsers, oid, serializeBytea } from './column-parsers.ts';
import type { DB } from './generated/database.ts';
import { migrate, type MigrationFiles, type MigrationSession } from './migrate.ts';
import { acquirePidLock, type PidLock } from './pid-lock.ts';
import { createHandle, systemScope } from './scope.ts';
import { scopedPGlite } from './scoped-pglite.ts';

export interface PGliteOptions {
  /** Created with mode 0700. The database is in `database/` under it; other files may lie beside that. */
  dataDir: string;
  /** Told the files that were applied, if any were. */
  onMigrated?: ((files: readonly string[]) => void) | undefined;
  /** For tests. Default: Parley's own. */
  migrationFiles?: MigrationFiles;
}

export async function openPGlite({
  dataDir,
  migrationFiles,
  onMigrated,
}: PGliteOptions): Promise<Kysely<DB>> {
  const lock = await claimDataDir(dataDir);
  try {
    const databaseDir = path.resolve(dataDir, 'database');
    if (!existsSync(databaseDir)) await createDatabase(databaseDir);
    return await connectPGlite(await startPGlite(databaseDir), {
      migrationFiles,
      onMigrated,
      onClose: lock.release,
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** PGlite does not notice a second process in its folder, and the two would destroy the data. */
export async function claimDataDir(dataDir: string): Promise<PidLock> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await acquirePidLock(dataDir);
  } catch (error) {
    // Without a code it is not the file system's: the lock is held.
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new Error(
      `The data directory ${dataDir} cannot be written (${error.message}). Give this user the right to, or set PARLEY_DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}

/**
 * In another folder, which is then renamed: PGlite copies a thousand files into a new database, and would take what
 * is there after a kill in the middle of that for a whole one.
 */
async function createDatabase(databaseDir: string): Promise<void> {
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

/** What every PGlite needs that is given to `connectPGlite`. */
export const driverOptions: DriverOptions = {
  parsers: columnParsers,
  serializers: { [oid.bytea]: serializeBytea },
};

/** Migrates a PGlite that has started, and puts Kysely over it, in the system's scope; closes it when that fails. */
export async function connectPGlite(
  pglite: PGlite,
  options: {
    migrationFiles?: MigrationFiles | undefined;
    onMigrated?: PGliteOptions['onMigrated'];
    onClose?: () => void;
  } = {},
): Promise<Kysely<DB>> {
  try {
    const applied = await migrate(pgliteSession(pglite), options.migrationFiles);
    if (applied.length > 0) options.onMigrated?.(applied);
    // There is one session, of a superuser, and it is ours: it enters the system's scope once and for all.
    await pglite.exec(`set role ${systemScope.role}`);
    const closing = closingWith(pglite, options.onClose);
    const db = createHandle(
      (scope) =>
        new SnakeCasePGliteDialect({ pglite: scope === systemScope ? closing : scopedPGlite(pglite, scope) }),
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

/** The few members that Kysely calls, with something more to do at the end. */
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
