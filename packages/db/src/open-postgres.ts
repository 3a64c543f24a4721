// Opens a Postgres server: a pool of connections, each in UTC and with limits, behind Kysely.
import { Socket } from 'node:net';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { columnParsers } from './column-parsers.ts';
import { explainPostgresError } from './explain-postgres-error.ts';
import type { DB } from './generated/database.ts';
import { createHandle, systemScope } from './scope.ts';
import { scopedPostgresDialect } from './scoped-postgres-dialect.ts';
import { migrate, type MigrationFiles, type MigrationSession } from './migrate.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, with libpq's parameters such as `?sslmode=verify-full`. */
  url: string;
  /** How many connections this process holds at most. Default: 10. */
  maxConnections?: number;
  /** A statement that takes longer is cancelled by the server. Default: 30,000. */
  statementTimeoutMs?: number;
  /** Told when a connection is lost. The next query opens another, so this is for the log. */
  onConnectionLost?: (error: Error) => void;
  /** Told how to read what the pool is doing, for metrics. */
  watchPool?: (read: () => PoolUsage) => void;
  /** Told the files that were applied, if any were. */
  onMigrated?: (files: readonly string[]) => void;
  /** For tests. Default: Parley's own. */
  migrationFiles?: MigrationFiles;
}

/** Connections, and statements that wait for one. */
export interface PoolUsage {
  total: number;
  idle: number;
  waiting: number;
}

export async function openPostgres(options: PostgresOptions): Promise<Kysely<DB>> {
  if (!/^(postgres|postgresql|socket):\/\//.test(options.url)) {
    throw new Error('The database URL must look like postgres://user:password@host:5432/database.');
  }
  const pool = createPool(options);
  options.watchPool?.(() => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
  try {
    await prepare(pool, options);
    const db = createHandle(
      (scope) =>
        scopedPostgresDialect({
          pool,
          scope,
          onDestroy: async () => (scope === systemScope ? pool.end() : undefined),
        }),
      systemScope,
    );
    // Kysely's destroy() does nothing before the first query.
    await sql`select 1`.execute(db);
    return db;
  } catch (error) {
    await pool.end();
    throw explainPostgresError(error, options.url);
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;
const SILENCE_GRACE_MS = 2_000;

function createPool(options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: 'parley',
    max: options.maxConnections ?? 10,
    // Counts the wait for a free connection too, so a server that is overrun refuses instead of piling up requests.
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => columnParsers[oid] ?? pg.types.getTypeParser(oid, format) },
    // Not as start-up parameters: poolers such as PgBouncer refuse those. In UTC, date_trunc('day', ...) means the
    // same on both engines.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, which its types do not say
    onConnect: (client) =>
      client.query(
        `set timezone = 'UTC'; set datestyle = 'ISO'; ${pinSchema};
         set statement_timeout = ${options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS}; set idle_in_transaction_session_timeout = 60000`,
      ),
  });
  limitSilence(pool, (options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS) + SILENCE_GRACE_MS);
  // The pool listens to idle connections alone. One that is lost in the middle of a transaction fails its query, and
  // then emits an 'error' that would end the process if nobody listened.
  const onLost = options.onConnectionLost ?? (() => undefined);
  pool.on('connect', (client) => client.on('error', onLost));
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Gives up a connection that is in use and on which nothing moves: a server that is alive would have cancelled the
 * statement by then. Without this, a network that swallows everything holds whoever asks for a quarter of an hour.
 */
function limitSilence(pool: pg.Pool, silenceMs: number): void {
  pool.on('connect', ({ connection: { stream } }) => {
    stream.on('timeout', () => {
      stream.destroy(Object.assign(new Error('Postgres has gone silent.'), { code: 'ETIMEDOUT' }));
    });
  });
  pool.on('acquire', (client) => setSilenceLimit(client, silenceMs));
  pool.on('release', (_error, client) => setSilenceLimit(client, 0));
}

/** 0: none. */
function setSilenceLimit({ connection: { stream } }: pg.PoolClient, ms: number): void {
  if (stream instanceof Socket) stream.setTimeout(ms);
}

/** `"$user"` in a search path would mean another schema as soon as a statement takes on a role of Parley's. */
const pinSchema = `select set_config('search_path', quote_ident(current_schema()), false)`;

async function prepare(pool: pg.Pool, { migrationFiles, onMigrated }: PostgresOptions): Promise<void> {
  const client = await pool.connect();
  // A migration takes as long as it takes, and so does waiting for somebody else's.
  setSilenceLimit(client, 0);
  try {
    const session = postgresSession(client);
    await requireVersion15(session);
    const applied = await migrate(session, migrationFiles);
    await requireRoles(session);
    if (applied.length > 0) onMigrated?.(applied);
  } finally {
    client.release();
  }
}

export function postgresSession(client: pg.ClientBase): MigrationSession {
  return {
    execute: (script) => client.query(script),
    select: async (query, parameters) => (await client.query(query, parameters)).rows,
  };
}

/** `on delete set null (column)` came with 15. */
async function requireVersion15(session: MigrationSession): Promise<void> {
  const [row] = await session.select<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (row !== undefined && row.number < 150_000) {
    throw new Error(`Parley needs Postgres 15 or later; this server is ${row.version}.`);
  }
}

/** The owner of the tables is a member of both roles since they were made; any other login has to be made one. */
async function requireRoles(session: MigrationSession): Promise<void> {
  const rows = await session.select<{ name: string; login: string }>(
    `select rolname as name, current_user as login from pg_roles
     where rolname in ('parley_app', 'parley_system') and not pg_has_role(oid, case
       when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end)`,
  );
  const [row] = rows;
  if (row === undefined) return;
  throw new Error(
    `User ${row.login} may not take on the roles that Parley works as. Have an administrator of the server run: grant parley_app, parley_system to "${row.login}";`,
  );
}
