// Usage of a team's agents: its runs, counted by day, by agent or by user.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { DB } from '../generated/database.ts';
import { firstIdOf } from '../new-id.ts';

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

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_AGENT = '00000000-0000-0000-0000-000000000000';

function keyOf(by: UsageGroup, teamId: string): RawBuilder<string> {
  switch (by) {
    case 'day':
      return sql`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')`;
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
  let query = db
    .with('keyed', (cte) =>
      cte
        .selectFrom('runs')
        .select(['state', 'userId', 'chatId', 'createdAt', 'endedAt', keyOf(by, teamId).as('tie')])
        .where('teamId', '=', teamId)
        .where('createdAt', '>=', from.toISOString())
        .where('createdAt', '<', to.toISOString())
        // Ids start with the time on the clock of the server that created them, so the primary key finds the days. An
        // index on created_at would slow down every insert of a run. One more day on both sides allows for clock
        // differences.
        .where('id', '>=', firstIdOf(from.getTime() - DAY_MS))
        .where('id', '<', firstIdOf(to.getTime() + DAY_MS)),
    )
    .with('counted', (cte) =>
      cte
        .selectFrom('keyed')
        .groupBy('tie')
        .select(({ fn }) => [
          'tie',
          (by === 'day' ? sql<number>`0::bigint` : fn.countAll<number>()).as('rank'),
          fn.countAll<number>().as('runs'),
          fn.countAll<number>().filterWhere('state', '=', 'succeeded').as('succeeded'),
          fn.countAll<number>().filterWhere('state', '=', 'failed').as('failed'),
          fn.countAll<number>().filterWhere('state', '=', 'canceled').as('canceled'),
          fn.countAll<number>().filterWhere('state', '=', 'interrupted').as('interrupted'),
          fn.count<number>('userId').distinct().as('users'),
          fn.count<number>('chatId').distinct().as('chats'),
          sql<number | null>`round(avg(extract(epoch from ended_at - created_at)) * 1000)::bigint`.as(
            'averageMs',
          ),
        ]),
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
