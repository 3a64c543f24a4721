// One session of a database that is used as it is: `open()` would migrate it first.
import { existsSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { BackupError } from './backup/backup-error.ts';
import { explainPostgresError } from './explain-postgres-error.ts';
import type { MigrationSession } from './migrate.ts';
import { claimDataDir, createDatabase, pgliteSession, startPGlite } from './open-pglite.ts';
import { postgresSession } from './open-postgres.ts';
import { requireEncodedPassword } from './postgres-url.ts';

/** A Postgres server, or the folder of an embedded database. */
export type DatabaseLocation = { url: string } | { dataDir: string };

export interface SessionOptions {
  /** Creates the embedded database if there is none yet. */
  createsDatabase?: boolean;
  /** Gives up on a statement after this time. Default: never. Postgres only. */
  statementTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Returns undefined if there is no embedded database.
 * @throws Error that says what to do if the database cannot be reached; it never contains the password
 */
export function withSession<Result>(
  location: DatabaseLocation,
  work: (session: MigrationSession) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result | undefined> {
  return 'url' in location
    ? withPostgres(location.url, work, options)
    : withPGlite(location.dataDir, work, options);
}

async function withPostgres<Result>(
  url: string,
  work: (session: MigrationSession) => Promise<Result>,
  { statementTimeoutMs }: SessionOptions,
): Promise<Result> {
  requireEncodedPassword(url);
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'parley',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...(statementTimeoutMs === undefined ? {} : { query_timeout: statementTimeoutMs }),
    });
    // The failing query reports the error.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(postgresSession(client));
    } finally {
      await client.end();
    }
  } catch (error) {
    // Its cause may be an error of the file system, which says nothing about Postgres.
    throw error instanceof BackupError ? error : explainPostgresError(error, url);
  }
}

async function withPGlite<Result>(
  dataDir: string,
  work: (session: MigrationSession) => Promise<Result>,
  { createsDatabase = false }: SessionOptions,
): Promise<Result | undefined> {
  const databaseDir = path.resolve(dataDir, 'database');
  if (!createsDatabase && !existsSync(databaseDir)) return undefined;
  const lock = await claimDataDir(dataDir);
  try {
    if (!existsSync(databaseDir)) await createDatabase(databaseDir);
    const pglite = await startPGlite(databaseDir);
    try {
      return await work(pgliteSession(pglite));
    } finally {
      await pglite.close();
    }
  } finally {
    lock.release();
  }
}
