// Opens a Postgres server: a pool of connections in UTC and with limits, behind Kysely.
import { Socket } from 'node:net';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { columnParsers } from './column-parsers.ts';
import { explainBypass } from './explain-bypass.ts';
import { explainPostgresError } from './explain-postgres-error.ts';
import type { DB } from './generated/database.ts';
import { requireEncodedPassword } from './postgres-url.ts';
import { createHandle, systemScope } from './scope.ts';
import { scopedPostgresDialect } from './scoped-postgres-dialect.ts';
import { stoppedResponding } from './stopped-responding.ts';
import type { WriteObserver } from './write-refusal.ts';
import { migrate, type MigrationFiles, type MigrationSession } from './migrate.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, with libpq's parameters such as `?sslmode=verify-full`. */
  url: string;
  /** Maximum number of connections of this process. Default: 10. */
  maxConnections?: number;
  /** The server cancels a statement after this time. Default: 30,000. */
  statementTimeoutMs?: number;
  /** Called when a connection is lost, for the log. The next query opens another connection. */
  onConnectionLost?: (error: Error) => void;
  /** Called with a function that reads the pool's usage, for metrics. */
  watchPool?: (read: () => PoolUsage) => void;
  /** Learns of each write that the server accepts or refuses, for logs and metrics. */
  writeObserver?: WriteObserver;
  /** Called with an explanation if row-level security does not bind the login of the URL. */
  onBypass?: (explanation: string) => void;
  /** Called with the names of the applied files, if there were any. */
  onMigrated?: (files: readonly string[]) => void;
  /** For tests. Default: Parley's own files. */
  migrationFiles?: MigrationFiles;
}

/** Numbers of connections, and of statements that wait for one. */
export interface PoolUsage {
  total: number;
  idle: number;
  waiting: number;
}

export async function openPostgres(options: PostgresOptions): Promise<Kysely<DB>> {
  if (!/^(postgres|postgresql|socket):\/\//.test(options.url)) {
    throw new Error('The database URL must look like postgres://user:password@host:5432/database.');
  }
  requireEncodedPassword(options.url);
  const pool = createPool(options);
  options.watchPool?.(() => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
  try {
    await prepare(pool, options);
    const db = createHandle(
      (scope) =>
        scopedPostgresDialect({
          pool,
          scope,
          writeObserver: options.writeObserver,
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
    // Includes the wait for a free connection, so an overloaded server fails requests instead of queueing them.
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => columnParsers[oid] ?? pg.types.getTypeParser(oid, format) },
    // Not as start-up parameters, because poolers such as PgBouncer refuse those. In UTC, date_trunc('day', ...) means
    // the same on both engines.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, which its types do not say
    onConnect: (client) =>
      client.query(
        withinConnectTimeout(`set timezone = 'UTC'; set datestyle = 'ISO'; ${pinSchema};
         set statement_timeout = ${options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS}; set idle_in_transaction_session_timeout = 60000`),
      ),
  });
  limitSilence(pool, (options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS) + SILENCE_GRACE_MS);
  // The pool handles errors of idle connections only. A connection lost during a transaction fails its query and then
  // emits an 'error', which would end the process without a listener.
  const onLost = options.onConnectionLost ?? (() => undefined);
  pool.on('connect', (client) => client.on('error', onLost));
  pool.on('error', () => undefined);
  return pool;
}

/** The pool's own timeout does not cover `onConnect`. pg's types leave `query_timeout` out. */
function withinConnectTimeout(text: string): pg.QueryConfig & { query_timeout: number } {
  return { text, query_timeout: CONNECT_TIMEOUT_MS };
}

/**
 * Closes a connection in use that has been silent for longer than the statement timeout: a live server would have
 * cancelled the statement. Without this, a network that drops packets blocks the caller for 15 minutes.
 */
function limitSilence(pool: pg.Pool, silenceMs: number): void {
  pool.on('connect', ({ connection: { stream } }) => {
    stream.on('timeout', () => stream.destroy(stoppedResponding()));
  });
  pool.on('acquire', (client) => setSilenceLimit(client, silenceMs));
  pool.on('release', (_error, client) => setSilenceLimit(client, 0));
}

/** 0 means no limit. */
function setSilenceLimit({ connection: { stream } }: pg.PoolClient, ms: number): void {
  if (stream instanceof Socket) stream.setTimeout(ms);
}

/** `"$user"` in a search path would resolve to another schema once a statement takes on one of Parley's roles. */
const pinSchema = `select set_config('search_path', quote_ident(current_schema()), false)`;

async function prepare(
  pool: pg.Pool,
  { migrationFiles, onMigrated, onBypass }: PostgresOptions,
): Promise<void> {
  const client = await pool.connect();
  // A migration, or the wait for another process's migration, may take any time.
  setSilenceLimit(client, 0);
  try {
    const session = postgresSession(client);
    await requireVersion15(session);
    const applied = await migrate(session, migrationFiles);
    await requireRoles(session);
    if (applied.length > 0) onMigrated?.(applied);
    const bypass = onBypass === undefined ? undefined : await explainBypass(session);
    if (bypass !== undefined) onBypass?.(bypass);
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

/** Version 15 added `on delete set null (column)`. */
async function requireVersion15(session: MigrationSession): Promise<void> {
  const [row] = await session.select<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (row !== undefined && row.number < 150_000) {
    throw new Error(`Parley needs Postgres 15 or later; this server is ${row.version}.`);
  }
}

/** The owner of the tables became a member of both roles when they were created; other logins need a grant. */
async function requireRoles(session: MigrationSession): Promise<void> {
  const rows = await session.select<{ name: string; login: string }>(
    `select rolname as name, current_user as login from pg_roles
     where rolname in ('parley_app', 'parley_system') and not pg_has_role(oid, case
       when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end)`,
  );
  const [row] = rows;
  if (row === undefined) return;
  throw new Error(
    `User ${row.login} is not a member of Parley's roles. Have an administrator of the server run: grant parley_app, parley_system to "${row.login}";`,
  );
}
