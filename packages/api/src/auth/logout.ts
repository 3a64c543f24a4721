import { forTeam, sessions } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { limitCall } from '../rate-limits.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import { cookieProcedure } from '../trpc.ts';
import { okOutput } from './auth.schema.ts';
import type { SessionOwner } from './sessions.ts';

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
  const hashes = await findSessions(ctx);
  if (hashes.size === 0 && network !== undefined) await limitCall(ctx.rateLimits, 'auth.logout', network);
  for (const [hash, isSigned] of hashes)
    await ctx.guesses.find({ hash, network, isSigned }, () => endSession(ctx, hash));
  return { ok: true };
}

/** Returns the owner of the session that was ended, or undefined if there was none. */
async function endSession(ctx: Context, idHash: string): Promise<SessionOwner | undefined> {
  const owner = await ctx.sessions.findOwner(idHash);
  if (owner === undefined) return undefined;
  const { teamId, userId } = owner;
  return forTeam(ctx.db, teamId)
    .transaction()
    .execute(async (trx) => {
      if (!(await sessions.deleteOfUser(trx, { teamId, userId, idHash }))) return undefined;
      await recordAudit(trx, { teamId, actorId: userId, action: 'auth.logout', targetId: userId });
      return owner;
    });
}

/** The hashes of the request's sessions, and whether an access token of the server names them. */
async function findSessions(ctx: Context): Promise<Map<string, boolean>> {
  const { accessToken, sessionId } = ctx.cookies.read(ctx.request.cookie);
  const hashes = new Map<string, boolean>();
  if (sessionId !== undefined) hashes.set(hashSecretToken(sessionId), false);
  if (accessToken === undefined) return hashes;
  const check = await ctx.accessTokens.verify(accessToken);
  if (check.status === 'valid') hashes.set(check.claims.sessionIdHash, true);
  return hashes;
}
