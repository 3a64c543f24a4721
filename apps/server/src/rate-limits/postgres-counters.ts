// Rate-limit counters in Postgres, shared by all instances: one statement per counted call.
import { rateLimitCounters, withTimeLimit, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { CounterOptions, CreateSharedCounter } from './create-rate-limits.ts';

type CounterRow = Awaited<ReturnType<typeof rateLimitCounters.add>>;

const CLEANUP_MS = 5 * 60_000;

/** A count that takes longer fails half a second later, and this instance counts by itself. */
const COUNT_LIMIT_MS = 1_000;

/** @param db the database as `open()` returned it: the counters belong to no team */
export function createPostgresCounters(db: Kysely<DB>): CreateSharedCounter & Disposable {
  // A failed cleanup is repeated, and expired counters count for nothing.
  const cleanup = setInterval(
    () => void rateLimitCounters.deleteExpired(db).catch(() => undefined),
    CLEANUP_MS,
  ).unref();
  const countDb = withTimeLimit(db, COUNT_LIMIT_MS);
  const create: CreateSharedCounter = (options) => new PostgresCounter(countDb, options);
  return Object.assign(create, { [Symbol.dispose]: () => clearInterval(cleanup) });
}

/**
 * The library's store computes windows with this process's clock, so an instance whose clock is ahead would extend them for
 * all others. The underscored methods are the library's interface between its counting and a store's statements.
 */
class PostgresCounter extends RateLimiterPostgres {
  readonly #db: Kysely<DB>;

  constructor(db: Kysely<DB>, options: CounterOptions) {
    super({
      ...options,
      storeClient: db,
      storeType: 'pool',
      tableCreated: true,
      clearExpiredByTimeout: false,
    });
    this.#db = db;
  }

  _upsert(key: string, points: number, durationMs: number, restart = false): Promise<CounterRow> {
    return rateLimitCounters.add(this.#db, { key, points, durationMs, restart });
  }

  async _get(key: string): Promise<CounterRow | null> {
    return (await rateLimitCounters.find(this.#db, key)) ?? null;
  }

  _delete(key: string): Promise<boolean> {
    return rateLimitCounters.delete(this.#db, key);
  }

  _getRateLimiterRes(_key: string, changedPoints: number, row: CounterRow): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(this.points - row.points, 0),
      row.remainingMs === null ? -1 : Math.max(row.remainingMs, 0),
      row.points,
      row.points === changedPoints,
    );
  }
}
