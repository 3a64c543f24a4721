// The queries for usage and for its rollups share these fragments: the runs of a period, their days and their durations.
import { sql, type SelectQueryBuilder } from 'kysely';
import type { DB } from './generated/database.ts';
import { firstIdOf } from './new-id.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
/** Stands for the agent of runs without one. */
export const NO_AGENT = '00000000-0000-0000-0000-000000000000';

/** The duration of a run in milliseconds; 0 while it is active. */
export const durationMs = sql<number>`coalesce(extract(epoch from ended_at - created_at) * 1000, 0)::bigint`;

export interface Period {
  teamId: string;
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
}

/** Limits a query to the runs of a period. */
export function whereCreated<Row>(
  runs: SelectQueryBuilder<DB, 'runs', Row>,
  { teamId, from, to }: Period,
): SelectQueryBuilder<DB, 'runs', Row> {
  return (
    runs
      .where('teamId', '=', teamId)
      .where('createdAt', '>=', from.toISOString())
      .where('createdAt', '<', to.toISOString())
      // Ids start with the time on the clock of the server that created them, so the primary key finds the days. An
      // index on created_at would slow down every insert of a run. One more day on both sides allows for clock
      // differences.
      .where('id', '>=', firstIdOf(from.getTime() - DAY_MS))
      .where('id', '<', firstIdOf(to.getTime() + DAY_MS))
  );
}

/** `2026-11-23`, of a time at midnight in UTC. */
export function dayOf(midnight: Date): string {
  return midnight.toISOString().slice(0, 10);
}
