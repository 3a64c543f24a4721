import type { Context } from '../context.ts';
import { sessionExpired } from '../errors.ts';
import { publicProcedure } from '../trpc.ts';
import { type Account, accountOutput } from './auth.schema.ts';
import { setAuthCookies, toAccount } from './start-session.ts';

export const refreshProcedure = publicProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/refresh',
      summary: 'Renew the access token',
      description:
        'For as long as the session lives. Call it when an answer has the reason `ACCESS_TOKEN_EXPIRED`.',
      errors: ['SESSION_EXPIRED'],
    },
  })
  .output(accountOutput)
  .mutation(({ ctx }) => refresh(ctx));

/**
 * A new access token for a live session. The session keeps its id, so any number of tabs may refresh at once.
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
