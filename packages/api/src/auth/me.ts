import { readProcedure } from '../trpc.ts';
import { accountOutput } from './auth.schema.ts';
import { toAccount } from './start-session.ts';

export const meProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/auth/me',
      summary: 'Get your account',
    },
  })
  .output(accountOutput)
  .query(({ ctx }) => toAccount(ctx.user));
