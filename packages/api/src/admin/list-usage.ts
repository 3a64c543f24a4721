import { usage, type UsageRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import { daySchema } from '../schema/time-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';

const MAX_USAGE_DAYS = 366;
const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

const usageInput = pageInput
  .extend({
    by: z.enum(['day', 'agent', 'user']).default('day'),
    /** First and last day in UTC: `2026-11-23`. Default: the last 30 days. */
    from: daySchema.optional(),
    to: daySchema.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before `from`',
  })
  .refine(
    ({ from, to }) =>
      from === undefined ||
      (to === undefined ? Date.now() : Date.parse(to)) - Date.parse(from) < MAX_USAGE_DAYS * DAY_MS,
    { path: ['from'], message: `must be at most ${MAX_USAGE_DAYS} days before the last day` },
  )
  .prefault({});

const usageRowOutput = z
  .object({
    /** A day, or the id of an agent or user; null for deleted agents. */
    key: z.string().nullable(),
    /** The agent's name or the user's email. */
    label: z.string().nullable(),
    runs: z.number(),
    succeeded: z.number(),
    failed: z.number(),
    canceled: z.number(),
    interrupted: z.number(),
    users: z.number(),
    chats: z.number(),
    /** Average duration of an answer; null if none has ended. */
    averageMs: z.number().nullable(),
  })
  .meta({ id: 'UsageRow' });

const usageOutput = pageOutput(usageRowOutput);

export const listUsageProcedure = adminProcedure
  .meta({
    rest: {
      route: 'GET /api/admin/usage',
      summary: 'Get usage figures',
      description: 'Grouped by day, agent or user.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(usageInput)
  .output(usageOutput)
  .query(({ ctx, input }) => listUsage(ctx, ctx.user, input));

const positionSchemas = {
  day: z.object({ rank: z.literal(0), tie: daySchema }),
  agent: z.object({ rank: z.int().min(0), tie: idSchema }),
  user: z.object({ rank: z.int().min(0), tie: idSchema }),
};

/** @throws DomainError INVALID_CURSOR, also for a cursor of another grouping */
async function listUsage(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, by, from, to }: z.output<typeof usageInput>,
): Promise<{ items: UsageRow[]; nextCursor: string | null }> {
  const last = startOfDay(to === undefined ? Date.now() : Date.parse(to));
  const first = from === undefined ? last - (DEFAULT_DAYS - 1) * DAY_MS : Date.parse(from);
  const rows = await usage.list(db, {
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
