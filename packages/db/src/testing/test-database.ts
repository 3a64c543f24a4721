import type { Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { withoutScope } from './without-scope.ts';

export interface TestDatabase extends AsyncDisposable {
  /** For setup and checks: a superuser's handle that row-level security does not limit. */
  db: Kysely<DB>;
  /** The handle from `open()`, for the code under test. */
  system: Kysely<DB>;
  engine: 'pglite' | 'postgres';
  /** The URL for code that opens its own connections. Postgres only. */
  url?: string;
}

/** @param system a superuser's handle from `open()` */
export function toTestDatabase(
  system: Kysely<DB>,
  about: Pick<TestDatabase, 'engine' | 'url'>,
): TestDatabase {
  return { db: withoutScope(system), system, ...about, [Symbol.asyncDispose]: () => system.destroy() };
}
