import type { Kysely } from 'kysely';
import type { DB } from './generated/database.ts';
import { withScope } from './scope.ts';

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/**
 * A database handle for one team: row-level security limits its statements and transactions to the rows of that team.
 * Create one per request; its `destroy()` does nothing.
 * @param db the handle from `open()` or another team's handle, but not a transaction
 */
export function forTeam(db: Kysely<DB>, teamId: string): Kysely<DB> {
  if (!uuid.test(teamId)) throw new TypeError('A team id is a UUID.');
  return withScope(db, { role: 'parley_app', teamId });
}
