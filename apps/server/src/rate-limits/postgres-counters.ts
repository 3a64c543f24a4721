// Rate limits that several instances share, in Postgres: one statement for each call that is counted.
import type { DB } from '@parley/db';
import { CompiledQuery, type Kysely } from 'kysely';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { CreateSharedCounter } from './create-rate-limits.ts';

interface Statement {
  text: string;
  values: unknown[];
}

/** @param db what `open()` gave: the counts are of no team */
export function createPostgresCounters(db: Kysely<DB>): CreateSharedCounter {
  // As much of pg's pool as the library uses.
  const storeClient = {
    async query({ text, values }: Statement) {
      const { rows } = await db.executeQuery(CompiledQuery.raw(text, values));
      return { rows, rowCount: rows.length };
    },
  };
  return (options) =>
    new RateLimiterPostgres({
      ...options,
      storeClient,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
    });
}
