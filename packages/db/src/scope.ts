// The role and team that a statement runs with. The database has two roles: parley_app sees the rows of one team, and
// the narrow parley_system serves work without a team or for all teams. docs/adr/0005 gives the reasons.
import { Kysely, type Dialect, type DialectAdapter, type KyselyPlugin } from 'kysely';
import type { DB } from './generated/database.ts';

/** `none` stays with the role of the login. */
export type ScopeRole = 'parley_app' | 'parley_system' | 'none';

export interface Scope {
  role: ScopeRole;
  /** Team visible to parley_app; '' = none. */
  teamId: string;
  /** See `withTimeLimit`. */
  timeLimitMs?: number;
}

export const systemScope: Scope = { role: 'parley_system', teamId: '' };

/**
 * Puts a transaction into a scope until it ends. `$1` and `$2` are the scope's role and team. The session keeps nothing
 * of it, so a pooler such as PgBouncer may give each transaction another connection.
 */
export const enterScope = `select set_config('role', $1, true), set_config('app.team_id', $2, true)`;

export type DialectForScope = (scope: Scope) => Dialect;

/** Keyed by the adapter, which a handle shares with the handles that Kysely derives from it, as in `withPlugin()`. */
const dialects = new WeakMap<DialectAdapter, DialectForScope>();

/** Creates a handle that runs every statement and transaction in a scope. */
export function createHandle(
  dialectFor: DialectForScope,
  scope: Scope,
  plugins: readonly KyselyPlugin[] = [],
): Kysely<DB> {
  const db = new Kysely<DB>({ dialect: dialectFor(scope), plugins: [...plugins] });
  dialects.set(db.getExecutor().adapter, dialectFor);
  return db;
}

/**
 * The same connections and plugins in another scope. This creates a few objects and no connection.
 * @throws TypeError for a transaction, which already has a scope, and for a handle that `open()` did not create
 */
export function withScope(db: Kysely<DB>, scope: Scope): Kysely<DB> {
  const { adapter, plugins } = db.getExecutor();
  const dialectFor = dialects.get(adapter);
  if (dialectFor === undefined || db.isTransaction) {
    throw new TypeError('A scope needs a handle from open(), and not a transaction.');
  }
  return createHandle(dialectFor, scope, plugins);
}

/**
 * The same connections for work that somebody waits for. The server cancels a statement after the limit. A statement or
 * transaction that has not ended half a second later, with its wait for a connection, fails as if the connection had
 * been lost: Postgres may have stopped answering. The embedded database ignores the limit.
 * @param db the handle from `open()`, or one with another limit, which this one replaces
 */
export function withTimeLimit(db: Kysely<DB>, timeLimitMs: number): Kysely<DB> {
  const { adapter, plugins } = db.getExecutor();
  const dialectFor = dialects.get(adapter);
  if (dialectFor === undefined || db.isTransaction)
    throw new TypeError('A time limit needs a handle from open(), and not a transaction.');
  return createHandle((scope) => dialectFor({ timeLimitMs, ...scope }), systemScope, plugins);
}
