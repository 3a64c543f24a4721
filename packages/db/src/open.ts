// Opens the database: a Postgres server by its URL, or the embedded one (PGlite) in a folder. Both are migrated first,
// and return the same types for the same columns (column-parsers.ts).
import type { Kysely } from 'kysely';
import type { DB } from './generated/database.ts';
import { openPGlite, type PGliteOptions } from './open-pglite.ts';
import { openPostgres, type PostgresOptions } from './open-postgres.ts';

export type OpenOptions = PostgresOptions | PGliteOptions;

/**
 * `db.destroy()` closes the connections, or the embedded database and its lock on the folder.
 * @throws Error that says what to do; it never contains the password
 */
export async function open(options: OpenOptions): Promise<Kysely<DB>> {
  return 'url' in options ? openPostgres(options) : openPGlite(options);
}
