import { errorLogs, type ErrorLogRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import { nameSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';

const listErrorsInput = pageInput
  .extend({ agentId: idSchema.optional(), reason: nameSchema({ max: 100 }).optional() })
  .prefault({});

/** A failure that an admin can act on. */
const errorOutput = z
  .object({
    id: z.string(),
    reason: z.string(),
    message: z.string(),
    /** How to fix it. */
    hint: z.string().nullable(),
    agentId: z.string().nullable(),
    runId: z.string().nullable(),
    userId: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'ErrorEntry' });

const listErrorsOutput = pageOutput(errorOutput);

export const listErrorsProcedure = adminProcedure
  .meta({
    rest: {
      route: 'GET /api/admin/errors',
      summary: 'List failures of agents',
      description: 'Newest first.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listErrorsInput)
  .output(listErrorsOutput)
  .query(({ ctx, input }) => listErrors(ctx, ctx.user, input));

async function listErrors(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, agentId, reason }: z.output<typeof listErrorsInput>,
): Promise<{ items: ErrorLogRow[]; nextCursor: string | null }> {
  const errors = await errorLogs.list(db, {
    teamId: user.teamId,
    agentId,
    reason,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(errors, limit, (last) => last.id);
}
