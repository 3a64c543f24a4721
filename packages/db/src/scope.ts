// As whom a statement runs. The database has two roles of ours: one that sees the rows of one team, and a narrow one
// for what is asked before the team is known, or of all teams at once. docs/adr/0005 says why.
import { Kysely, type Dialect, type DialectAdapter, type KyselyPlugin } from 'kysely';
import type { DB } from './generated/database.ts';

/** `none` is whoever the connection logged in as. */
export type ScopeRole = 'parley_app' | 'parley_system' | 'none';

export interface Scope {
  role: ScopeRole;
  /** Whose rows there are for `parley_app`: '' for none. */
  teamId: string;
}

export const systemScope: Scope = { role: 'parley_system', teamId: '' };

/**
 * Puts a transaction into a scope, until it ends. `$1` and `$2` are the scope's role and team. Nothing of it is left in
 * the session, so that a pooler such as PgBouncer may give each transaction another connection.
 */
export const enterScope = `select set_config('role', $1, true), set_config('app.team_id', $2, true)`;

export type DialectForScope = (scope: Scope) => Dialect;

/** By the adapter, which a handle shares with those that Kysely derives from it, as `withPlugin()` does. */
const dialects = new WeakMap<DialectAdapter, DialectForScope>();

/** A handle whose every statement and transaction runs in a scope. */
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
 * The same connections and plugins in another scope. Cheap: a few objects, and no connection.
 * @throws TypeError for a transaction, which has its scope already, and for what `open()` did not make
 */
export function withScope(db: Kysely<DB>, scope: Scope): Kysely<DB> {
  const { adapter, plugins } = db.getExecutor();
  const dialectFor = dialects.get(adapter);
  if (dialectFor === undefined || db.isTransaction) {
    throw new TypeError('Only a handle that open() gave can be put into a scope, and no transaction.');
  }
  return createHandle(dialectFor, scope, plugins);
}
