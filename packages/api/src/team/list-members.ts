import { members, type MemberRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { memberOutput } from './team.schema.ts';

const listMembersInput = pageInput.prefault({});

const listMembersOutput = pageOutput(memberOutput);

export const listMembersProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/team/members',
      summary: 'List the members of the team',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listMembersInput)
  .output(listMembersOutput)
  .query(({ ctx, input }) => listMembers(ctx, ctx.user, input));

async function listMembers(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listMembersInput>,
): Promise<{ items: MemberRow[]; nextCursor: string | null }> {
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const rows = await members.list(db, { teamId: user.teamId, beforeId, limit: limit + 1 });
  return toPage(rows, limit, (last) => last.id);
}
