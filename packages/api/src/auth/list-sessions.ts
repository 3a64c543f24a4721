import { sessions, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import { textSchema } from '../schema/text-schema.ts';
import { timeSchema } from '../schema/time-schema.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import type { Credential } from './credential.ts';

const listSessionsInput = pageInput.prefault({});

const sessionOutput = z.object({
  /** A hash: it identifies the session but cannot be used to log in. */
  id: z.string(),
  userAgent: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** Whether this request uses the session. */
  isCurrent: z.boolean(),
});

type SessionOutput = z.output<typeof sessionOutput>;

const listSessionsOutput = pageOutput(sessionOutput);

export const listSessionsProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'GET /api/auth/sessions',
      summary: 'List your sessions',
      description: 'Newest first.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listSessionsInput)
  .output(listSessionsOutput)
  .query(({ ctx, input }) => listSessions(ctx, ctx.user, ctx.credential, input));

const positionSchema = z.object({ createdAt: timeSchema, id: textSchema({ max: 64 }) });

async function listSessions(
  { db }: Services,
  user: UserWithTeam,
  credential: Credential,
  { cursor, limit }: z.output<typeof listSessionsInput>,
): Promise<{ items: SessionOutput[]; nextCursor: string | null }> {
  const rows = await sessions.listOfUser(db, {
    teamId: user.teamId,
    userId: user.id,
    before: cursor == null ? undefined : decodeCursor(positionSchema, cursor),
    limit: limit + 1,
  });
  const page = toPage(rows, limit, ({ createdAt, idHash }) => ({ createdAt, id: idHash }));
  const items = page.items.map(({ idHash, userAgent, createdAt, expiresAt }) => ({
    id: idHash,
    userAgent,
    createdAt,
    expiresAt,
    isCurrent: credential.type === 'session' && credential.sessionIdHash === idHash,
  }));
  return { ...page, items };
}
