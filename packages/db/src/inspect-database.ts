// Inspects a database for `parley doctor` without changing it. `open()` would migrate it.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { explainBypass } from './explain-bypass.ts';
import { explainPostgresError } from './explain-postgres-error.ts';
import {
  isParley,
  listApplied,
  listUnknown,
  listForeignTables,
  listMigrations,
  parleyFiles,
  type MigrationSession,
} from './migrate.ts';
import {
  claimDataDir,
  databaseDirOf,
  hasEmbeddedDatabase,
  pgliteSession,
  startPGlite,
} from './open-pglite.ts';
import { postgresSession } from './open-postgres.ts';
import { requireEncodedPassword } from './postgres-url.ts';
import type { OpenOptions } from './open.ts';
import { findWriteRefusal } from './write-refusal.ts';
import { enterScope } from './scope.ts';

export interface DatabaseInspection {
  /** Version of the server, or of the Postgres in PGlite, such as `18.1`. */
  version: string;
  isSupportedVersion: boolean;
  /** `empty`: the first start would create Parley's schema there. */
  schema: 'parley' | 'empty' | 'foreign';
  /** Migrations that the next start would apply. */
  missingMigrations: string[];
  /** Migrations of a newer Parley that this version does not know. */
  unknownMigrations: { name: string; isCompatible: boolean }[];
  /** Parley's own roles. */
  roles: { name: string; exists: boolean; mayTakeOn: boolean; bypassesRowSecurity: boolean }[];
  /** Tables of teams without row-level security. */
  unprotectedTables: string[];
  /** Whether a connection hears notifications of others; undefined for the embedded database, which has one instance. */
  hearsNotifications?: boolean;
  /** Whether parley_app can see rows while no team is set. */
  leaksRows: boolean;
  /** Why the database refuses a write, such as "its disk is full"; undefined if it accepts one. */
  writeRefusal: string | undefined;
  /** How the login bypasses row-level security. Never for the embedded database, whose only session is Parley's. */
  bypass: string | undefined;
}

const OLDEST_VERSION = 150_000;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const NOTIFICATION_MS = 3_000;

/**
 * Returns undefined if there is no embedded database yet.
 * @throws Error that says what to do if the database cannot be reached; it never contains the password
 */
export async function inspectDatabase(
  options: OpenOptions & { listenUrl?: string | undefined },
): Promise<DatabaseInspection | undefined> {
  return 'url' in options ? inspectPostgres(options.url, options.listenUrl) : inspectPGlite(options.dataDir);
}

async function inspectPostgres(url: string, listenUrl = url): Promise<DatabaseInspection> {
  requireEncodedPassword(url);
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'parley',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
    });
    // The failing query reports the error.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const session = postgresSession(client);
      const inspection = await inspect(session);
      return {
        ...inspection,
        bypass: await explainBypass(session),
        hearsNotifications: await hearsNotifications(client, listenUrl),
      };
    } finally {
      await client.end();
    }
  } catch (error) {
    throw explainPostgresError(error, url);
  }
}

async function inspectPGlite(dataDir: string): Promise<DatabaseInspection | undefined> {
  if (!hasEmbeddedDatabase(dataDir)) return undefined;
  const lock = await claimDataDir(dataDir);
  try {
    const pglite = await startPGlite(databaseDirOf(dataDir));
    try {
      return { ...(await inspect(pgliteSession(pglite))), bypass: undefined };
    } finally {
      await pglite.close();
    }
  } finally {
    lock.release();
  }
}

async function inspect(session: MigrationSession): Promise<Omit<DatabaseInspection, 'bypass'>> {
  const [server] = await session.select<{ version: string; number: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  );
  const { version = '', number = 0 } = server ?? {};
  const found = {
    version,
    isSupportedVersion: number >= OLDEST_VERSION,
    writeRefusal: await tryWrite(session),
  };
  if (!(await isParley(session))) {
    const isEmpty = (await listForeignTables(session)).length === 0;
    return {
      ...found,
      schema: isEmpty ? 'empty' : 'foreign',
      ...{ missingMigrations: [], unknownMigrations: [], roles: [], unprotectedTables: [], leaksRows: false },
    };
  }
  const applied = await listApplied(session);
  const known = await listMigrations(parleyFiles.migrationsDir);
  const roles = await listRoles(session);
  return {
    ...found,
    schema: 'parley',
    missingMigrations: known.filter((name) => !applied.has(name)),
    unknownMigrations: await listUnknown(session, known),
    roles,
    unprotectedTables: await listUnprotectedTables(session),
    leaksRows: roles.every(({ mayTakeOn }) => mayTakeOn) && (await seesRowsOfNoTeam(session)),
  };
}

/** Half a megabyte in a temporary table, which is rolled back: a small row would fit into a page that exists. */
async function tryWrite(session: MigrationSession): Promise<string | undefined> {
  await session.execute('begin');
  try {
    await session.execute(
      `create temporary table parley_doctor as select md5(random()::text) from generate_series(1, 8192)`,
    );
    return undefined;
  } catch (error) {
    const refusal = findWriteRefusal(error);
    return refusal && `${refusal.because} (${error instanceof Error ? error.message : refusal.code})`;
  } finally {
    await session.execute('rollback');
  }
}

function listRoles(session: MigrationSession): Promise<DatabaseInspection['roles']> {
  return session.select(
    `select name, oid is not null as "exists", coalesce(rolsuper or rolbypassrls, false) as "bypassesRowSecurity",
       coalesce(pg_has_role(oid, case
         when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end), false) as "mayTakeOn"
     from unnest(array['parley_app', 'parley_system']) as name left join pg_roles on rolname = name order by name`,
  );
}

async function listUnprotectedTables(session: MigrationSession): Promise<string[]> {
  const tables = await session.select<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
       and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))
     order by 1`,
  );
  return tables.map(({ name }) => name);
}

async function seesRowsOfNoTeam(session: MigrationSession): Promise<boolean> {
  await session.execute('begin read only');
  try {
    await session.select(enterScope, ['parley_app', '']);
    const [row] = await session.select<{ seesRows: boolean }>(
      `select exists (select from teams) or exists (select from users) as "seesRows"`,
    );
    return row?.seesRows ?? false;
  } finally {
    await session.execute('rollback');
  }
}

async function hearsNotifications(sender: pg.Client, listenUrl: string): Promise<boolean> {
  const listener = new pg.Client({
    connectionString: listenUrl,
    application_name: 'parley',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  listener.on('error', () => undefined);
  const ended = new AbortController();
  try {
    await listener.connect();
    const token = randomUUID();
    const heard = new Promise<boolean>((resolve) => {
      listener.on('notification', ({ payload }) => payload === token && resolve(true));
    });
    await listener.query('listen parley_doctor');
    await sender.query('select pg_notify($1, $2)', ['parley_doctor', token]);
    return await Promise.race([
      heard,
      delay(NOTIFICATION_MS, false, { signal: ended.signal }).catch(() => false),
    ]);
  } catch (error) {
    throw explainPostgresError(error, listenUrl);
  } finally {
    ended.abort();
    await listener.end();
  }
}
