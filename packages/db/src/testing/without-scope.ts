import type { Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { withScope } from '../scope.ts';

/** A handle that stays with the role of the login. For superusers in tests, which may do everything. */
export function withoutScope(db: Kysely<DB>): Kysely<DB> {
  return withScope(db, { role: 'none', teamId: '' });
}
