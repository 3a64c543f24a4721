import type { Context } from '../context.ts';

/** Ends the session of this request, if it has one, and removes the cookies in any case. */
export async function logout(ctx: Context): Promise<{ ok: true }> {
  const { sessionId } = ctx.cookies.read(ctx.request.cookie);
  if (sessionId !== undefined) await ctx.sessions.revoke(sessionId);
  for (const cookie of ctx.cookies.clear()) ctx.request.setCookie(cookie);
  return { ok: true };
}
