import { listInvites as listInviteRows, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import { toInviteOutput } from './invite-output.ts';
import type { InviteOutput, listInvitesInput } from './team.schema.ts';

export async function listInvites(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listInvitesInput>,
): Promise<{ items: InviteOutput[]; nextCursor: string | null }> {
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const invites = await listInviteRows(db, { teamId: user.teamId, beforeId, limit: limit + 1 });
  const page = toPage(invites, limit, (last) => last.id);
  return { ...page, items: page.items.map(toInviteOutput) };
}
