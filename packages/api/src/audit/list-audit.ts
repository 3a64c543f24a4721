import { listAuditLog, type AuditRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import type { listAuditInput } from '../admin/admin.schema.ts';

export async function listAudit(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit, actorId, targetId, action }: z.output<typeof listAuditInput>,
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const entries = await listAuditLog(db, {
    teamId: user.teamId,
    actorId,
    targetId,
    action,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(entries, limit, (last) => last.id);
}
