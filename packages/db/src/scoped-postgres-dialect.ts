// A Kysely dialect on a pool of Postgres connections, in a scope. A single statement becomes a transaction that enters
// the scope first, in one round trip. A transaction sends `begin` and the scope together with its first statement. So
// the scope costs no round trip, and a transaction takes one less than with Kysely's own driver.
import {
  AbortedTransactionError,
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import pg from 'pg';
import { SnakeCaseCompiler } from './column-names.ts';
import { enterScope, type Scope } from './scope.ts';
import { stoppedResponding } from './stopped-responding.ts';
import { findWriteRefusal, type WriteObserver } from './write-refusal.ts';
import { queryAfter, type Prelude } from './scoped-query.ts';

interface ScopedPostgresOptions {
  pool: pg.Pool;
  scope: Scope;
  writeObserver?: WriteObserver | undefined;
  /** Called by `destroy()`. */
  onDestroy: () => Promise<void>;
}

export function scopedPostgresDialect(options: ScopedPostgresOptions): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ScopedDriver(options),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new SnakeCaseCompiler(),
  };
}

/** The time from the server's cancellation of a statement, at the time limit, to the loss of a silent connection. */
const CANCEL_GRACE_MS = 500;

class ScopedDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #limitMs: number | undefined;
  readonly #enter: Prelude[];
  readonly #writeObserver: WriteObserver | undefined;
  readonly #onDestroy: () => Promise<void>;

  constructor({ pool, scope, writeObserver, onDestroy }: ScopedPostgresOptions) {
    this.#pool = pool;
    this.#writeObserver = writeObserver;
    this.#limitMs = scope.timeLimitMs;
    this.#enter = scope.role === 'none' ? [] : [preludeOf(scope)];
    this.#onDestroy = onDestroy;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ScopedConnection> {
    const [enter, writeObserver] = [this.#enter, this.#writeObserver];
    if (this.#limitMs === undefined)
      return new ScopedConnection(await this.#pool.connect(), { enter, writeObserver });
    const endMs = performance.now() + this.#limitMs + CANCEL_GRACE_MS;
    const client = await connectWithin(this.#pool, this.#limitMs);
    const { stream } = client.connection;
    const timer = setTimeout(() => stream.destroy(stoppedResponding()), endMs - performance.now());
    return new ScopedConnection(client, { enter, writeObserver, onRelease: () => clearTimeout(timer) });
  }

  async beginTransaction(connection: ScopedConnection, settings: TransactionSettings): Promise<void> {
    connection.begin(settings);
  }

  commitTransaction(connection: ScopedConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: ScopedConnection): Promise<void> {
    return connection.rollback();
  }

  async savepoint(connection: ScopedConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${pg.escapeIdentifier(name)}`));
  }

  async rollbackToSavepoint(connection: ScopedConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${pg.escapeIdentifier(name)}`));
  }

  async releaseSavepoint(connection: ScopedConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${pg.escapeIdentifier(name)}`));
  }

  async releaseConnection(connection: ScopedConnection): Promise<void> {
    connection.release();
  }

  destroy(): Promise<void> {
    return this.#onDestroy();
  }
}

function preludeOf({ role, teamId, timeLimitMs }: Scope): Prelude {
  if (timeLimitMs === undefined) return { text: enterScope, values: [role, teamId] };
  return {
    text: `${enterScope}, set_config('statement_timeout', $3, true)`,
    values: [role, teamId, String(timeLimitMs)],
  };
}

/** A connection that comes too late goes back to the pool. */
async function connectWithin(pool: pg.Pool, maxMs: number): Promise<pg.PoolClient> {
  const late = Promise.withResolvers<never>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    late.reject(stoppedResponding());
  }, maxMs);
  const connecting = pool.connect().then((client) => {
    if (isLate) client.release();
    return client;
  });
  // A failure after the time limit has no caller.
  connecting.catch(() => undefined);
  try {
    return await Promise.race([connecting, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Commands for which Kysely wants the number of affected rows. */
const changesRows = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

interface ConnectionOptions {
  enter: Prelude[];
  writeObserver: WriteObserver | undefined;
  onRelease?: () => void;
}

/** A pooled connection between acquire and release. */
class ScopedConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #enter: Prelude[];
  readonly #writeObserver: WriteObserver | undefined;
  readonly #onRelease: (() => void) | undefined;
  /** The `begin` that is sent together with the transaction's first statement. */
  #begin: Prelude | undefined;
  #isInTransaction = false;
  #isBroken = false;

  constructor(client: pg.PoolClient, { enter, writeObserver, onRelease }: ConnectionOptions) {
    this.#client = client;
    this.#enter = enter;
    this.#writeObserver = writeObserver;
    this.#onRelease = onRelease;
  }

  async executeQuery<Row>({ sql: text, parameters: values }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const result = await queryAfter<Row>(this.#client, this.#takePreludes(), { text, values });
      const { rows, rowCount, command } = result;
      if (!changesRows.has(command)) return { rows };
      this.#writeObserver?.accepted();
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      const refusal = findWriteRefusal(error);
      if (refusal !== undefined) this.#writeObserver?.refused(refusal);
      // The stack of the socket's error would not lead to the caller.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  #takePreludes(): Prelude[] {
    if (this.#isInTransaction) return [];
    const begin = this.#begin;
    if (begin === undefined) return this.#enter;
    this.#begin = undefined;
    this.#isInTransaction = true;
    return [begin, ...this.#enter];
  }

  // oxlint-disable-next-line require-yield -- it gives nothing
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('Streaming rows needs pg-cursor, which is not installed.');
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): void {
    const isolation = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`;
    const access = accessMode === undefined ? '' : ` ${accessMode}`;
    this.#begin = { text: `begin${isolation}${access}`, values: [] };
  }

  async commit(): Promise<void> {
    this.#begin = undefined;
    if (!this.#isInTransaction) return;
    const { command } = await this.#client.query('commit');
    this.#isInTransaction = false;
    // The server's answer to a commit after an earlier error.
    if (command === 'ROLLBACK') throw new AbortedTransactionError();
  }

  async rollback(): Promise<void> {
    this.#begin = undefined;
    if (!this.#isInTransaction) return;
    this.#isInTransaction = false;
    try {
      await this.#client.query('rollback');
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  /** A connection whose rollback failed is closed instead of reused. */
  release(): void {
    this.#onRelease?.();
    this.#client.release(this.#isBroken);
  }
}
