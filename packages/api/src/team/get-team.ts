import { teams } from '@parley/db';
import { readProcedure } from '../trpc.ts';
import { teamOutput } from './team.schema.ts';

export const getTeamProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/team',
      summary: 'Get your team',
    },
  })
  .output(teamOutput)
  .query(({ ctx }) => teams.get(ctx.db, ctx.user.teamId));
