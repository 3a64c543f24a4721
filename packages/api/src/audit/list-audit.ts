import { auditLog, type AuditRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { jsonValueSchema } from '../schema/json-value-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import { nameSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';

const listAuditInput = pageInput
  .extend({
    actorId: idSchema.optional(),
    targetId: idSchema.optional(),
    /** The procedure: `agent.update`. */
    action: nameSchema({ max: 100 }).optional(),
  })
  .prefault({});

const auditOutput = z
  .object({
    id: z.string(),
    /** Null for the server's operators. The user may be disabled by now. */
    actorId: z.string().nullable(),
    action: z.string(),
    targetId: z.string().nullable(),
    details: z.record(z.string(), jsonValueSchema),
    createdAt: z.string(),
  })
  .meta({ id: 'AuditEntry' });

const listAuditOutput = pageOutput(auditOutput);

export const listAuditProcedure = adminProcedure
  .meta({
    rest: {
      route: 'GET /api/admin/audit',
      summary: 'List the audit log',
      description: 'Newest first.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listAuditInput)
  .output(listAuditOutput)
  .query(({ ctx, input }) => listAudit(ctx, ctx.user, input));

async function listAudit(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, actorId, targetId, action }: z.output<typeof listAuditInput>,
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const entries = await auditLog.list(db, {
    teamId: user.teamId,
    actorId,
    targetId,
    action,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(entries, limit, (last) => last.id);
}
