// tRPC's setup: transformer, error shape, and a base procedure for each level of access.
import { forTeam } from '@parley/db';
import { initTRPC } from '@trpc/server';
import { checkScope } from './auth/check-scope.ts';
import type { Context } from './context.ts';
import { adminRequired, describeError, explainFailure, sessionRequired } from './errors.ts';
import { observed } from './observe-call.ts';
import { limitCall } from './rate-limits.ts';
import type { ProcedureMeta } from './rest/procedure-meta.ts';
import { transformer } from './transformer.ts';

/** Keep-alive interval of a silent response, and the silence after which a client reconnects to a stream. */
const PING_MS = 15_000;
const SSE_RECONNECT_AFTER_MS = 40_000;

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    isDev: false,
    errorFormatter({ shape, error }) {
      const { message, data } = describeError(error);
      const { code, httpStatus, path } = shape.data;
      return {
        code: shape.code,
        message,
        data: { code, httpStatus, ...(path === undefined ? {} : { path }), ...data },
      };
    },
    sse: {
      ping: { enabled: true, intervalMs: PING_MS },
      client: { reconnectAfterInactivityMs: SSE_RECONNECT_AFTER_MS },
    },
    jsonl: { pingMs: PING_MS },
  });

export const { router, createCallerFactory } = t;

/** Base procedure: records metrics, maps database outages to DATABASE_UNAVAILABLE. */
const procedure = t.procedure.use(({ ctx, path, type, next }) =>
  observed(ctx.observeCall, { path, type }, async () => {
    const result = await next();
    if (!result.ok) throw explainFailure(result.error);
    return result;
  }),
);

/** Reads the session's cookies itself, which may outlive the access token, and counts its own calls. */
export const cookieProcedure = procedure.meta({ access: 'cookie' }).use(async ({ ctx, next }) => {
  if (ctx.request.authorization === undefined) return next();
  await ctx.authenticate();
  throw sessionRequired();
});

/** Anyone may call it. */
export const publicProcedure = procedure.meta({ access: 'anyone' }).use(async ({ ctx, path, next }) => {
  const { network } = ctx.request;
  if (network !== undefined) await limitCall(ctx.rateLimits, path, network);
  return next();
});

/**
 * A logged-in user may call it, or a script with an API key of the scope that the procedure declares. Without a scope, no
 * key may call it. `ctx.db` is scoped to the user's team.
 */
const authedProcedure = procedure.use(async ({ ctx, path, meta, next }) => {
  const { user, credential } = await ctx.authenticate();
  await limitCall(ctx.rateLimits, path, user.id);
  checkScope(credential, meta?.scope);
  return next({ ctx: { user, credential, db: forTeam(ctx.db, user.teamId) } });
});

/** Only a session may call it: a stolen API key must not create other keys, end sessions or change the password. */
export const sessionProcedure = authedProcedure.meta({ access: 'session' }).use(({ ctx, next }) => {
  if (ctx.credential.type !== 'session') throw sessionRequired();
  return next({ ctx: { sessionIdHash: ctx.credential.sessionIdHash } });
});

export const readProcedure = authedProcedure.meta({ access: 'user', scope: 'read' });

export const chatProcedure = authedProcedure.meta({ access: 'user', scope: 'chat' });

/** Only an admin of the team may call it. */
const teamAdminProcedure = authedProcedure.meta({ access: 'admin' }).use(({ ctx, next }) => {
  if (ctx.user.role !== 'admin') throw adminRequired();
  return next();
});

export const agentsProcedure = teamAdminProcedure.meta({ scope: 'agents' });

export const adminProcedure = teamAdminProcedure.meta({ scope: 'admin' });
