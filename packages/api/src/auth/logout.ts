import { forTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { limitCall } from '../rate-limits.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import { cookieProcedure } from '../trpc.ts';
import { okOutput } from './auth.schema.ts';

export const logoutProcedure = cookieProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/logout',
      summary: 'Log out',
      description: 'Ends the session and removes the cookies.',
      errors: ['SESSION_REQUIRED'],
    },
  })
  .output(okOutput)
  .mutation(({ ctx }) => logout(ctx));

/**
 * Ends the session of this request, if any, and always removes the cookies. Either cookie identifies the session, so a
 * browser that lost one of them can log out too.
 * @throws DomainError RATE_LIMITED
 */
async function logout(ctx: Context): Promise<{ ok: true }> {
  const { network } = ctx.request;
  for (const cookie of ctx.cookies.clear()) ctx.request.setCookie(cookie);
  const sessions = await findSessions(ctx);
  if (sessions.size === 0 && network !== undefined) await limitCall(ctx.rateLimits, 'auth.logout', network);
  for (const [hash, isSigned] of sessions) {
    const owner = await ctx.guesses.find({ hash, network, isSigned }, () => ctx.sessions.end(hash));
    if (owner === undefined) continue;
    const { teamId, userId } = owner;
    await recordAudit(forTeam(ctx.db, teamId), {
      teamId,
      actorId: userId,
      action: 'auth.logout',
      targetId: userId,
    });
  }
  return { ok: true };
}

/** The hashes of the request's sessions, and whether an access token of the server names them. */
async function findSessions(ctx: Context): Promise<Map<string, boolean>> {
  const { accessToken, sessionId } = ctx.cookies.read(ctx.request.cookie);
  const sessions = new Map<string, boolean>();
  if (sessionId !== undefined) sessions.set(hashSecretToken(sessionId), false);
  if (accessToken === undefined) return sessions;
  const check = await ctx.accessTokens.verify(accessToken);
  if (check.status === 'valid') sessions.set(check.claims.sessionIdHash, true);
  return sessions;
}
