// The time by the database's clock, which all instances share. The clocks of their machines may differ.
import { sql, type Kysely } from 'kysely';
import type { DB } from './generated/database.ts';

export interface DatabaseClock extends Disposable {
  /** Milliseconds since 1970. Costs no query. */
  now(): number;
  /** How far this machine's clock is ahead of the database's, in milliseconds; negative if it is behind. */
  readonly aheadMs: number;
}

const REFRESH_MS = 60_000;

/**
 * Measures the difference between this machine's clock and the database's now and then once a minute. The error is at
 * most half the time of one statement.
 */
export async function startDatabaseClock(db: Kysely<DB>): Promise<DatabaseClock> {
  let aheadMs = await measure(db);
  const timer = setInterval(() => {
    // While the database is unavailable, the last difference holds.
    measure(db).then(
      (ms) => (aheadMs = ms),
      () => undefined,
    );
  }, REFRESH_MS).unref();
  return {
    now: () => Date.now() - aheadMs,
    get aheadMs() {
      return aheadMs;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

async function measure(db: Kysely<DB>): Promise<number> {
  const beforeMs = Date.now();
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms
  `.execute(db);
  const afterMs = Date.now();
  const [row] = rows;
  if (row === undefined) throw new Error('The database did not say what time it is.');
  return (beforeMs + afterMs) / 2 - row.ms;
}
