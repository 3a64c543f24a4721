import { invites, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { toInviteOutput } from './invite-output.ts';
import { inviteOutput, type InviteOutput } from './team.schema.ts';

const listInvitesInput = pageInput.prefault({});

const listInvitesOutput = pageOutput(inviteOutput);

export const listInvitesProcedure = adminProcedure
  .meta({
    rest: {
      route: 'GET /api/team/invites',
      summary: 'List the invites of the team',
      description: 'Newest first.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listInvitesInput)
  .output(listInvitesOutput)
  .query(({ ctx, input }) => listInvites(ctx, ctx.user, input));

async function listInvites(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listInvitesInput>,
): Promise<{ items: InviteOutput[]; nextCursor: string | null }> {
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const rows = await invites.list(db, { teamId: user.teamId, beforeId, limit: limit + 1 });
  const page = toPage(rows, limit, (last) => last.id);
  return { ...page, items: page.items.map(toInviteOutput) };
}
