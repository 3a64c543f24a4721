import type { Context } from '../context.ts';
import { sessionExpired } from '../errors.ts';
import { publicProcedure } from '../trpc.ts';
import { accountOutput, type Account } from './auth.schema.ts';
import { setAuthCookies, toAccount } from './start-session.ts';

export const refreshProcedure = publicProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/refresh',
      summary: 'Renew the access token',
      description:
        'Works while the session is live. Call it when a request fails with the reason `ACCESS_TOKEN_EXPIRED`.',
      errors: ['SESSION_EXPIRED'],
    },
  })
  .output(accountOutput)
  .mutation(({ ctx }) => refresh(ctx));

/**
 * Issues a new access token for a live session. The session keeps its id, so several tabs may refresh at the same time.
 * @throws DomainError SESSION_EXPIRED
 */
async function refresh(ctx: Context): Promise<Account> {
  const { sessionId } = ctx.cookies.read(ctx.request.cookie);
  const session = sessionId === undefined ? undefined : await ctx.sessions.validate(sessionId);
  if (sessionId === undefined || session === undefined) {
    throw sessionExpired();
  }
  await setAuthCookies(ctx, { sessionId, sessionIdHash: session.idHash, userId: session.user.id });
  return toAccount(session.user);
}
