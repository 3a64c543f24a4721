import { adminProcedure, router } from '../trpc.ts';
import {
  listAuditInput,
  listAuditOutput,
  listErrorsInput,
  listErrorsOutput,
  usageInput,
  usageOutput,
} from './admin.schema.ts';
import { listAudit } from './list-audit.ts';
import { listErrors } from './list-errors.ts';
import { listUsage } from './list-usage.ts';

export const adminRouter = router({
  errors: adminProcedure
    .input(listErrorsInput)
    .output(listErrorsOutput)
    .query(({ ctx, input }) => listErrors(ctx, ctx.user, input)),

  audit: adminProcedure
    .input(listAuditInput)
    .output(listAuditOutput)
    .query(({ ctx, input }) => listAudit(ctx, ctx.user, input)),

  usage: adminProcedure
    .input(usageInput)
    .output(usageOutput)
    .query(({ ctx, input }) => listUsage(ctx, ctx.user, input)),
});
