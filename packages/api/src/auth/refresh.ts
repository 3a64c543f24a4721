import type { Context } from '../context.ts';
import { sessionExpired } from '../errors.ts';
import type { Account } from './auth.schema.ts';
import { setAuthCookies, toAccount } from './start-session.ts';

/**
 * A new access token for a live session. The session keeps its id, so any number of tabs may refresh at once.
 * @throws DomainError SESSION_EXPIRED
 */
export async function refresh(ctx: Context): Promise<Account> {
  const { sessionId } = ctx.cookies.read(ctx.request.cookie);
  const session = sessionId === undefined ? undefined : await ctx.sessions.validate(sessionId);
  if (sessionId === undefined || session === undefined) {
    throw sessionExpired();
  }
  await setAuthCookies(ctx, { sessionId, sessionIdHash: session.idHash, userId: session.user.id });
  return toAccount(session.user);
}
