// Rollups of usage: counts the ended runs of closed days into usage_days, once for each team and day.
import { sql, type FunctionModule, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';
import { firstIdOf } from '../new-id.ts';
import { DAY_MS, dayOf, durationMs, NO_AGENT, whereCreated, type Period } from '../usage-period.ts';
import type { EndedRunState } from './runs.ts';

/**
 * The first day that is not closed. A run belongs to the day on which its transaction began, on the database's clock. A
 * day is closed an hour after its end, when every such transaction has long ended.
 */
const openDay = sql<string>`((now() at time zone 'UTC') - interval '1 hour')::date`;

/** Teams with closed days that may not be rolled up, in the order of their ids. */
export async function listTeamsBehind(
  db: Kysely<DB>,
  { afterId, limit }: { afterId?: string | undefined; limit: number },
): Promise<string[]> {
  let query = db
    .selectFrom('teams')
    .select('id')
    .where((eb) => eb.or([eb('usageUntil', 'is', null), eb('usageUntil', '<', openDay)]));
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  const rows = await query.orderBy('id').limit(limit).execute();
  return rows.map(({ id }) => id);
}

/**
 * Rolls up the team's next closed day. A day with an active run waits, because the end of the
 * run would not be counted. Returns whether there is more to do now: false also if another instance holds the team.
 */
export async function rollUpDay(trx: Kysely<DB>, teamId: string): Promise<boolean> {
  const team = await trx
    .selectFrom('teams')
    .select(['usageUntil', openDay.as('openDay')])
    .where('id', '=', teamId)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (team === undefined) return false;
  const day = await findNextDay(trx, { teamId, usageUntil: team.usageUntil });
  if (day === undefined || dayOf(day) >= team.openDay) {
    await setUsageUntil(trx, teamId, team.openDay);
    return false;
  }
  const period = { teamId, from: day, to: new Date(day.getTime() + DAY_MS) };
  if (await hasActiveRun(trx, period)) return false;
  await insertDay(trx, period);
  await setUsageUntil(trx, teamId, dayOf(period.to));
  return true;
}

/** The day from which on the team may have runs that are not rolled up. */
async function findNextDay(
  trx: Kysely<DB>,
  { teamId, usageUntil }: { teamId: string; usageUntil: string | null },
): Promise<Date | undefined> {
  const from = usageUntil === null ? new Date(0) : new Date(usageUntil);
  const first = await trx
    .selectFrom('runs')
    .select(sql<number>`('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint`.as('idMs'))
    .where('teamId', '=', teamId)
    .where('createdAt', '>=', from.toISOString())
    .where('id', '>=', firstIdOf(from.getTime() - DAY_MS))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (first === undefined) return undefined;
  // A run with a later id may have been created earlier on the database's clock, by less than a day.
  const earliestMs = Math.max(from.getTime(), first.idMs - DAY_MS);
  return new Date(earliestMs - (earliestMs % DAY_MS));
}

async function hasActiveRun(trx: Kysely<DB>, { teamId, to }: Period): Promise<boolean> {
  const run = await trx
    .selectFrom('runs')
    .select('id')
    .where('teamId', '=', teamId)
    .where('state', '=', 'running')
    .where('createdAt', '<', to.toISOString())
    .limit(1)
    .executeTakeFirst();
  return run !== undefined;
}

async function insertDay(trx: Kysely<DB>, period: Period): Promise<void> {
  const { teamId } = period;
  const ended = (fn: FunctionModule<DB, 'runs'>, state: EndedRunState) =>
    fn.countAll<number>().filterWhere('state', '=', state).as(state);
  await trx
    .with('counted', (cte) =>
      whereCreated(cte.selectFrom('runs'), period)
        .select(({ fn }) => [
          'chatId',
          sql<string>`coalesce(agent_id, ${NO_AGENT}::uuid)`.as('agentId'),
          'userId',
          ended(fn, 'succeeded'),
          ended(fn, 'failed'),
          ended(fn, 'canceled'),
          ended(fn, 'interrupted'),
          sql<number>`sum(${durationMs})`.as('durationMs'),
        ])
        .groupBy(['chatId', 'agentId', 'userId']),
    )
    // A chat may be deleted at this moment: the lock waits for that, and leaves the chat out.
    .with('kept', (cte) =>
      cte
        .selectFrom('chats')
        .select('id')
        .where('teamId', '=', teamId)
        .where('id', 'in', (eb) => eb.selectFrom('counted').select('chatId'))
        .forKeyShare(),
    )
    .insertInto('usageDays')
    .columns([
      'teamId',
      'day',
      'chatId',
      'agentId',
      'userId',
      'succeeded',
      'failed',
      'canceled',
      'interrupted',
      'durationMs',
    ])
    .expression((eb) =>
      eb
        .selectFrom('counted as c')
        .innerJoin('kept', 'kept.id', 'c.chatId')
        .select([
          sql<string>`${teamId}::uuid`.as('teamId'),
          sql<string>`${dayOf(period.from)}::date`.as('day'),
          'c.chatId',
          'c.agentId',
          'c.userId',
          'c.succeeded',
          'c.failed',
          'c.canceled',
          'c.interrupted',
          'c.durationMs',
        ]),
    )
    .execute();
}

async function setUsageUntil(trx: Kysely<DB>, teamId: string, usageUntil: string): Promise<void> {
  await trx.updateTable('teams').set({ usageUntil }).where('id', '=', teamId).execute();
}
