// Rate-limit counters in Postgres, shared by all instances: one statement per counted call.
import { withTimeLimit, type DB } from '@parley/db';
import { CompiledQuery, type Kysely } from 'kysely';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { CreateSharedCounter } from './create-rate-limits.ts';

interface Statement {
  text: string;
  values: unknown[];
}

/** A count that takes longer fails half a second later, and this instance counts by itself. */
const COUNT_LIMIT_MS = 1_000;

/** @param db the database as `open()` returned it: the counters belong to no team */
export function createPostgresCounters(db: Kysely<DB>): CreateSharedCounter {
  const countDb = withTimeLimit(db, COUNT_LIMIT_MS);
  // The part of pg's pool that the library calls.
  const storeClient = {
    async query({ text, values }: Statement) {
      const { rows } = await countDb.executeQuery(CompiledQuery.raw(text, values));
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
