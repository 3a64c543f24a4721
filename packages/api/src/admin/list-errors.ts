import { listErrorLogs, type ErrorLogRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import type { listErrorsInput } from './admin.schema.ts';

export async function listErrors(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, agentId, reason }: z.output<typeof listErrorsInput>,
): Promise<{ items: ErrorLogRow[]; nextCursor: string | null }> {
  const errors = await listErrorLogs(db, {
    teamId: user.teamId,
    agentId,
    reason,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(errors, limit, (last) => last.id);
}
