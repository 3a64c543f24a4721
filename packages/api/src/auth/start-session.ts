import type { UserWithTeam } from '@parley/db';
import type { Context } from '../context.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import type { Account } from './auth.schema.ts';

/** Logs a user in: creates a session, sets both cookies, and ends the browser's previous session. */
export async function startSession(ctx: Context, user: UserWithTeam): Promise<Account> {
  const { sessionId: before } = ctx.cookies.read(ctx.request.cookie);
  const session = await ctx.sessions.create({
    teamId: user.teamId,
    userId: user.id,
    userAgent: ctx.request.userAgent?.slice(0, 500) ?? null,
  });
  await setAuthCookies(ctx, { sessionId: session.id, sessionIdHash: session.idHash, userId: user.id });
  if (before !== undefined) await ctx.sessions.end(hashSecretToken(before));
  return toAccount(user);
}

/** Sets a new access token, and the session cookie again so that both cookies expire together. */
export async function setAuthCookies(
  ctx: Context,
  session: { sessionId: string; sessionIdHash: string; userId: string },
): Promise<void> {
  const accessToken = await ctx.accessTokens.sign(session);
  for (const cookie of ctx.cookies.write({ accessToken, sessionId: session.sessionId })) {
    ctx.request.setCookie(cookie);
  }
}

export function toAccount(user: UserWithTeam): Account {
  const { id, email, displayName, role, teamId, teamSlug, teamName } = user;
  return { user: { id, email, displayName, role }, team: { id: teamId, slug: teamSlug, name: teamName } };
}
