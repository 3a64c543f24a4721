import type { Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { withScope } from '../scope.ts';

/** A handle as whoever the connection logged in as. For the superusers of tests: they may do everything to every team. */
export function withoutScope(db: Kysely<DB>): Kysely<DB> {
  return withScope(db, { role: 'none', teamId: '' });
}
