// Rolls up the usage of closed days in the background. Every instance does: a team's row is locked while one of its days
// is rolled up, and an instance skips the teams that another one has locked. After an upgrade the first pass rolls up all
// past days, a day of a team at a time.
import { setTimeout as delay } from 'node:timers/promises';
import { forTeam, usageDays, type DB } from '@parley/db';
import type { Kysely } from 'kysely';

const DEFAULT_INTERVAL_MS = 10 * 60_000;
/** Leaves the database to other statements between two days. */
const DEFAULT_PAUSE_MS = 20;
const TEAMS_A_PAGE = 100;

export interface UsageRollupsOptions {
  /** The system handle from `open()`. */
  db: Kysely<DB>;
  onError: (error: unknown) => void;
  /** Between two passes over the teams. The first one starts after as long. */
  intervalMs?: number;
  pauseMs?: number;
}

/** Rolls up usage until stopped. Nothing waits for it: usage that is not rolled up is counted from the runs. */
export function startUsageRollups(options: UsageRollupsOptions): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const stopped = keepRollingUp(options, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return stopped;
    },
  };
}

async function keepRollingUp(options: UsageRollupsOptions, signal: AbortSignal): Promise<void> {
  const { intervalMs = DEFAULT_INTERVAL_MS, onError } = options;
  while (await pause(intervalMs, signal)) {
    try {
      await rollUpTeams(options, signal);
    } catch (error) {
      onError(error);
    }
  }
}

async function rollUpTeams(options: UsageRollupsOptions, signal: AbortSignal): Promise<void> {
  let teamIds: string[] = [];
  do {
    teamIds = await usageDays.listTeamsBehind(options.db, { afterId: teamIds.at(-1), limit: TEAMS_A_PAGE });
    for (const teamId of teamIds) await rollUpTeam(teamId, options, signal);
  } while (teamIds.length === TEAMS_A_PAGE && !signal.aborted);
}

async function rollUpTeam(
  teamId: string,
  { db, onError, pauseMs = DEFAULT_PAUSE_MS }: UsageRollupsOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    let hasMore = true;
    while (hasMore && (await pause(pauseMs, signal))) {
      hasMore = await forTeam(db, teamId)
        .transaction()
        .execute((trx) => usageDays.rollUpDay(trx, teamId));
    }
  } catch (error) {
    onError(error);
  }
}

/** Resolves to false if the signal has aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  return !signal.aborted;
}
