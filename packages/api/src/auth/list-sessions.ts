import { listSessionsOfUser, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { textSchema } from '../schema/text-schema.ts';
import { timeSchema } from '../schema/time-schema.ts';
import type { listSessionsInput, SessionOutput } from './auth.schema.ts';
import type { Credential } from './credential.ts';

const positionSchema = z.object({ createdAt: timeSchema, id: textSchema({ max: 64 }) });

/** Where a user is logged in, newest first. */
export async function listSessions(
  { db }: Services,
  user: UserWithTeam,
  credential: Credential,
  { cursor, limit }: z.output<typeof listSessionsInput>,
): Promise<{ items: SessionOutput[]; nextCursor: string | null }> {
  const sessions = await listSessionsOfUser(db, {
    teamId: user.teamId,
    userId: user.id,
    before: cursor == null ? undefined : decodeCursor(positionSchema, cursor),
    limit: limit + 1,
  });
  const page = toPage(sessions, limit, ({ createdAt, idHash }) => ({ createdAt, id: idHash }));
  const items = page.items.map(({ idHash, userAgent, createdAt, expiresAt }) => ({
    id: idHash,
    userAgent,
    createdAt,
    expiresAt,
    isCurrent: credential.type === 'session' && credential.sessionIdHash === idHash,
  }));
  return { ...page, items };
}
