import type { Context } from '../context.ts';
import { sessionExpired } from '../errors.ts';
import { limitCall } from '../rate-limits.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import { cookieProcedure } from '../trpc.ts';
import { accountOutput, type Account } from './auth.schema.ts';
import { setAuthCookies, toAccount } from './start-session.ts';

export const refreshProcedure = cookieProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/refresh',
      summary: 'Renew the access token',
      description:
        'Works while the session is live. Call it when a request fails with the reason `ACCESS_TOKEN_EXPIRED`.',
      errors: ['SESSION_EXPIRED', 'SESSION_REQUIRED'],
    },
  })
  .output(accountOutput)
  .mutation(({ ctx }) => refresh(ctx));

/**
 * Issues a new access token for a live session. The session keeps its id, so several tabs may refresh at the same time.
 * @throws DomainError SESSION_EXPIRED, RATE_LIMITED
 */
async function refresh(ctx: Context): Promise<Account> {
  const { network } = ctx.request;
  const { sessionId } = ctx.cookies.read(ctx.request.cookie);
  if (sessionId === undefined) {
    if (network !== undefined) await limitCall(ctx.rateLimits, 'auth.refresh', network);
    throw sessionExpired();
  }
  const session = await ctx.guesses.find({ hash: hashSecretToken(sessionId), network }, () =>
    ctx.sessions.validate(sessionId),
  );
  if (session === undefined) throw sessionExpired();
  await limitCall(ctx.rateLimits, 'auth.refresh', session.user.id);
  await setAuthCookies(ctx, { sessionId, sessionIdHash: session.idHash, userId: session.user.id });
  return toAccount(session.user);
}
