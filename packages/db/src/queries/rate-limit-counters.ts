// Counters of rate limits that all instances share. Windows start and end by the database's clock, because the clocks of
// instances may differ.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

export interface CounterRow {
  points: number;
  /** How long the window still lasts; null for a window without an end. */
  remainingMs: number | null;
}

/** Milliseconds since 1970, by the database's clock. */
const nowMs = sql<number>`floor(extract(epoch from now()) * 1000)::bigint`;

/** Adds points to a key's window, or starts a window of `durationMs` if the last one is over or `restart` says so. */
export async function add(
  db: Kysely<DB>,
  { key, points, durationMs, restart }: { key: string; points: number; durationMs: number; restart: boolean },
): Promise<CounterRow> {
  const { rows } = await sql<CounterRow>`
    insert into rate_limits as counter (key, points, expire)
    values (${key}, ${points}, case when ${durationMs}::bigint > 0 then ${nowMs} + ${durationMs}::bigint end)
    on conflict (key) do update set
      points = case when ${restart} or counter.expire <= ${nowMs} then excluded.points else counter.points + excluded.points end,
      expire = case when ${restart} or counter.expire <= ${nowMs} then excluded.expire else counter.expire end
    returning points, (expire - ${nowMs})::double precision as remaining_ms
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('An upsert returned no row.');
  return row;
}

/** The key's window, unless it is over. */
export async function find(db: Kysely<DB>, key: string): Promise<CounterRow | undefined> {
  const { rows } = await sql<CounterRow>`
    select points, (expire - ${nowMs})::double precision as remaining_ms from rate_limits
    where key = ${key} and (expire > ${nowMs} or expire is null)
  `.execute(db);
  return rows[0];
}

/** Whether there was such a key. */
async function deleteCounter(db: Kysely<DB>, key: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('rateLimits').where('key', '=', key).executeTakeFirst();
  return numDeletedRows > 0n;
}
export { deleteCounter as delete };

/** Deletes the windows that are over. */
export async function deleteExpired(db: Kysely<DB>): Promise<void> {
  await db.deleteFrom('rateLimits').where('expire', '<=', nowMs).execute();
}
