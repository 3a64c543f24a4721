import { getTeam } from '@parley/db';
import { authedProcedure } from '../trpc.ts';
import { teamOutput } from './team.schema.ts';

export const getTeamProcedure = authedProcedure
  .meta({
    rest: {
      route: 'GET /api/team',
      summary: 'Your team',
    },
  })
  .output(teamOutput)
  .query(({ ctx }) => getTeam(ctx.db, ctx.user.teamId));
