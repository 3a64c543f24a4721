import { forTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import { publicProcedure } from '../trpc.ts';
import { okOutput } from './auth.schema.ts';

export const logoutProcedure = publicProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/logout',
      summary: 'Log out',
      description: 'Ends the session and removes the cookies.',
    },
  })
  .output(okOutput)
  .mutation(({ ctx }) => logout(ctx));

/**
 * Ends the session of this request, if any, and always removes the cookies. Either cookie identifies the session, so a
 * browser that lost one of them can log out too.
 */
async function logout(ctx: Context): Promise<{ ok: true }> {
  for (const idHash of await findSessionHashes(ctx)) {
    const owner = await ctx.sessions.end(idHash);
    if (owner === undefined) continue;
    const { teamId, userId } = owner;
    await recordAudit(forTeam(ctx.db, teamId), {
      teamId,
      actorId: userId,
      action: 'auth.logout',
      targetId: userId,
    });
  }
  for (const cookie of ctx.cookies.clear()) ctx.request.setCookie(cookie);
  return { ok: true };
}

async function findSessionHashes(ctx: Context): Promise<Set<string>> {
  const { accessToken, sessionId } = ctx.cookies.read(ctx.request.cookie);
  const hashes = new Set<string>();
  if (sessionId !== undefined) hashes.add(hashSecretToken(sessionId));
  if (accessToken === undefined) return hashes;
  const check = await ctx.accessTokens.verify(accessToken);
  if (check.status === 'valid') hashes.add(check.claims.sessionIdHash);
  return hashes;
}
