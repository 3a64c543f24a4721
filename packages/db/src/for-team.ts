import type { Kysely } from 'kysely';
import type { DB } from './generated/database.ts';
import { withScope } from './scope.ts';

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/**
 * The database as one team has it: row-level security lets its statements and transactions see and write the rows of
 * that team alone, whatever they ask for. Make one for each request; `destroy()` of it does nothing.
 * @param db what `open()` gave, or another team's handle; not a transaction
 */
export function forTeam(db: Kysely<DB>, teamId: string): Kysely<DB> {
  if (!uuid.test(teamId)) throw new TypeError('A team id is a UUID.');
  return withScope(db, { role: 'parley_app', teamId });
}
