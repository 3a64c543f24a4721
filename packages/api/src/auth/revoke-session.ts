import { sessions, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { sessionProcedure } from '../trpc.ts';
import type { Credential } from './credential.ts';

const sessionIdInput = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the id of a session')
    .meta({ examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] }),
});

const sessionIdOutput = z.object({ id: z.string() });

export const revokeSessionProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'DELETE /api/auth/sessions/{id}',
      summary: 'End one of your sessions',
      errors: ['SESSION_NOT_FOUND'],
    },
  })
  .input(sessionIdInput)
  .output(sessionIdOutput)
  .mutation(({ ctx, input }) => revokeSession(ctx, ctx.user, ctx.credential, input));

/**
 * Ends one of a user's sessions at once: its next request is refused.
 * @throws DomainError SESSION_NOT_FOUND, also for another user's session
 */
async function revokeSession(
  ctx: Context,
  user: UserWithTeam,
  credential: Credential,
  { id }: { id: string },
): Promise<{ id: string }> {
  await ctx.db.transaction().execute(async (trx) => {
    const isMine = await sessions.deleteOfUser(trx, { teamId: user.teamId, userId: user.id, idHash: id });
    if (!isMine) throw new DomainError('SESSION_NOT_FOUND', 'You have no such session.');
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'auth.revokeSession',
      targetId: user.id,
    });
  });
  // The current session has ended, so its cookies are useless.
  if (credential.type === 'session' && credential.sessionIdHash === id) {
    for (const cookie of ctx.cookies.clear()) ctx.request.setCookie(cookie);
  }
  return { id };
}
