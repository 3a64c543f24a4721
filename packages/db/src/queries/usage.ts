// Usage of a team's agents: its runs, counted by day, by agent or by user. Past days are read from usage_days, where
// `rollUpDay` has counted their runs; the days from teams.usage_until on are counted from the runs themselves.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { DB } from '../generated/database.ts';
import { dayOf, durationMs, NO_AGENT, whereCreated, type Period } from '../usage-period.ts';
import type { EndedRunState } from './runs.ts';

export type UsageGroup = 'day' | 'agent' | 'user';

export interface UsageRow {
  /** A day in UTC (`2026-11-23`), or the id of an agent or a user; null for deleted agents. */
  key: string | null;
  /** The agent's name or the user's email; null for a day and for a deleted agent. */
  label: string | null;
  /** Runs that were started, and how they ended. */
  runs: number;
  succeeded: number;
  failed: number;
  canceled: number;
  interrupted: number;
  /** Numbers of distinct users and chats. */
  users: number;
  chats: number;
  /** Average duration of a run; null if none has ended. */
  averageMs: number | null;
  /** The position in the list, which is ordered by `rank` and then `tie`. */
  rank: number;
  tie: string;
}

export type UsagePosition = Pick<UsageRow, 'rank' | 'tie'>;

/** `day` is the SQL of a row's day in UTC. */
function keyOf(by: UsageGroup, teamId: string, day: RawBuilder<string>): RawBuilder<string> {
  switch (by) {
    case 'day':
      return sql`to_char(${day}, 'YYYY-MM-DD')`;
    case 'agent':
      // The agents that were deleted are one group.
      return sql`(case when agent_id in (select id from agents where team_id = ${teamId}) then agent_id else ${NO_AGENT}::uuid end)::text`;
    case 'user':
      return sql`user_id::text`;
  }
}

/**
 * Days are listed newest first, agents and users by their number of runs, most first. `from` is inclusive, `to`
 * exclusive. Counts may grow between two pages, and an agent or user may then move between pages.
 */
export async function list(
  db: Kysely<DB>,
  options: {
    teamId: string;
    by: UsageGroup;
    from: Date;
    to: Date;
    after?: UsagePosition | undefined;
    limit: number;
  },
): Promise<UsageRow[]> {
  const { teamId, by, from, to, after, limit } = options;
  const isEnded = (state: EndedRunState) => sql<number>`(state = ${sql.lit(state)})::integer`.as(state);
  // A day that is rolled up later than this statement is still counted from its runs, which stay.
  const liveFrom = await findLiveFrom(db, { teamId, from, to });
  let query = db
    .with('parts', (cte) =>
      cte
        .selectFrom('usageDays')
        .select([
          keyOf(by, teamId, sql`day`).as('tie'),
          ...(['userId', 'chatId', 'succeeded', 'failed', 'canceled', 'interrupted'] as const),
          sql<number>`0`.as('running'),
          'durationMs',
        ])
        .where('teamId', '=', teamId)
        .where('day', '>=', dayOf(from))
        .where('day', '<', dayOf(liveFrom))
        .unionAll((eb) =>
          whereCreated(eb.selectFrom('runs'), { teamId, from: liveFrom, to }).select([
            keyOf(by, teamId, sql`created_at at time zone 'UTC'`).as('tie'),
            'userId',
            'chatId',
            isEnded('succeeded'),
            isEnded('failed'),
            isEnded('canceled'),
            isEnded('interrupted'),
            sql<number>`(state = 'running')::integer`.as('running'),
            durationMs.as('durationMs'),
          ]),
        ),
    )
    .with('counted', (cte) =>
      cte
        .selectFrom('parts')
        .groupBy('tie')
        .select(({ fn }) => {
          const ended = sql<number>`sum(succeeded + failed + canceled + interrupted)`;
          const runs = sql<number>`sum(succeeded + failed + canceled + interrupted + running)`;
          return [
            'tie',
            (by === 'day' ? sql<number>`0::bigint` : runs).as('rank'),
            runs.as('runs'),
            fn.sum<number>('succeeded').as('succeeded'),
            fn.sum<number>('failed').as('failed'),
            fn.sum<number>('canceled').as('canceled'),
            fn.sum<number>('interrupted').as('interrupted'),
            fn.count<number>('userId').distinct().as('users'),
            fn.count<number>('chatId').distinct().as('chats'),
            sql<number | null>`round(sum(duration_ms) / nullif(${ended}, 0))::bigint`.as('averageMs'),
          ];
        }),
    )
    .selectFrom('counted as c')
    .selectAll('c')
    .select([sql<string | null>`nullif(c.tie, ${NO_AGENT})`.as('key'), labelOf(by, teamId).as('label')]);
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('c.rank', 'c.tie'), '<', eb.tuple(after.rank, after.tie)));
  }
  return query.orderBy('c.rank', 'desc').orderBy('c.tie', 'desc').limit(limit).execute();
}

function labelOf(by: UsageGroup, teamId: string): RawBuilder<string | null> {
  switch (by) {
    case 'day':
      return sql`null::text`;
    case 'agent':
      return sql`(select name from agents where team_id = ${teamId} and id = c.tie::uuid)`;
    case 'user':
      return sql`(select email from users where team_id = ${teamId} and id = c.tie::uuid)`;
  }
}

/** The first day of the period whose usage is not in usage_days; `to` if there is none. */
async function findLiveFrom(db: Kysely<DB>, { teamId, from, to }: Period): Promise<Date> {
  const team = await db.selectFrom('teams').select('usageUntil').where('id', '=', teamId).executeTakeFirst();
  const until = team?.usageUntil == null ? from : new Date(team.usageUntil);
  return new Date(Math.min(Math.max(from.getTime(), until.getTime()), to.getTime()));
}
