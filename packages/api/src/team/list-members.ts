import { listMembers as listMemberRows, type MemberRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import type { listMembersInput } from './team.schema.ts';

export async function listMembers(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listMembersInput>,
): Promise<{ items: MemberRow[]; nextCursor: string | null }> {
  const beforeId = cursor == null ? undefined : decodeCursor(idSchema, cursor);
  const members = await listMemberRows(db, { teamId: user.teamId, beforeId, limit: limit + 1 });
  return toPage(members, limit, (last) => last.id);
}
