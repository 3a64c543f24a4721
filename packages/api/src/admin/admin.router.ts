import { router } from '../trpc.ts';
import { listAuditProcedure } from '../audit/list-audit.ts';
import { listErrorsProcedure } from './list-errors.ts';
import { listUsageProcedure } from './list-usage.ts';

export const adminRouter = router({
  errors: listErrorsProcedure,
  audit: listAuditProcedure,
  usage: listUsageProcedure,
});
