import { listUsage as listUsageRows, type UsageRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import { daySchema } from '../schema/time-schema.ts';
import type { usageInput } from './admin.schema.ts';

const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

const positionSchemas = {
  day: z.object({ rank: z.literal(0), tie: daySchema }),
  agent: z.object({ rank: z.int().min(0), tie: idSchema }),
  user: z.object({ rank: z.int().min(0), tie: idSchema }),
};

/** @throws DomainError INVALID_CURSOR, also for a cursor of another `by` */
export async function listUsage(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, by, from, to }: z.output<typeof usageInput>,
): Promise<{ items: UsageRow[]; nextCursor: string | null }> {
  const last = startOfDay(to === undefined ? Date.now() : Date.parse(to));
  const first = from === undefined ? last - (DEFAULT_DAYS - 1) * DAY_MS : Date.parse(from);
  const rows = await listUsageRows(db, {
    teamId: user.teamId,
    by,
    from: new Date(first),
    to: new Date(last + DAY_MS),
    after: cursor == null ? undefined : decodeCursor(positionSchemas[by], cursor),
    limit: limit + 1,
  });
  return toPage(rows, limit, ({ rank, tie }) => ({ rank, tie }));
}

/** Midnight in UTC. */
function startOfDay(timeMs: number): number {
  return timeMs - (timeMs % DAY_MS);
}
