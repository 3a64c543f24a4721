import type { DB, UserWithTeam } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Context } from '../context.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import type { Account } from './auth.schema.ts';
import type { NewSession } from './sessions.ts';

/** Inserts a session for this request's browser, in a transaction that has inserted or locked the user. */
export function createSession(
  ctx: Context,
  trx: Kysely<DB>,
  { teamId, id: userId }: Pick<UserWithTeam, 'teamId' | 'id'>,
): Promise<NewSession> {
  return ctx.sessions.create(trx, {
    teamId,
    userId,
    userAgent: ctx.request.userAgent?.slice(0, 500) ?? null,
  });
}

/** Logs the browser in with a committed session: sets both cookies, and ends the browser's previous session. */
export async function startSession(ctx: Context, user: UserWithTeam, session: NewSession): Promise<Account> {
  const { sessionId: before } = ctx.cookies.read(ctx.request.cookie);
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
