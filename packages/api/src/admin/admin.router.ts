import { adminProcedure, router } from '../trpc.ts';
import {
  listAuditInput,
  listAuditOutput,
  listErrorsInput,
  listErrorsOutput,
  usageInput,
  usageOutput,
} from './admin.schema.ts';
import { listAudit } from '../audit/list-audit.ts';
import { listErrors } from './list-errors.ts';
import { listUsage } from './list-usage.ts';

export const adminRouter = router({
  errors: adminProcedure
    .meta({
      rest: {
        route: 'GET /api/admin/errors',
        summary: 'What has failed, and what to do about it',
        description: 'Newest first.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listErrorsInput)
    .output(listErrorsOutput)
    .query(({ ctx, input }) => listErrors(ctx, ctx.user, input)),

  audit: adminProcedure
    .meta({
      rest: {
        route: 'GET /api/admin/audit',
        summary: 'Who has changed what',
        description: 'Newest first.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listAuditInput)
    .output(listAuditOutput)
    .query(({ ctx, input }) => listAudit(ctx, ctx.user, input)),

  usage: adminProcedure
    .meta({
      rest: {
        route: 'GET /api/admin/usage',
        summary: 'How much the agents are used',
        description: 'By day, agent or user.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(usageInput)
    .output(usageOutput)
    .query(({ ctx, input }) => listUsage(ctx, ctx.user, input)),
});
