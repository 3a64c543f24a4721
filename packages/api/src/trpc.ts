// tRPC, set up once: transformer, error shape, and the base procedures that say who may call.
import { forTeam } from '@parley/db';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import type { Context } from './context.ts';
import { describeError, DomainError, explainFailure } from './errors.ts';
import { observed } from './observe-call.ts';
import { limitCall } from './rate-limits.ts';
import type { ProcedureMeta } from './rest/procedure-meta.ts';

/** How often a silent stream says that it lives, and how long a client waits for that before it reconnects. */
const SSE_PING_MS = 15_000;
const SSE_RECONNECT_AFTER_MS = 40_000;

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
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
      ping: { enabled: true, intervalMs: SSE_PING_MS },
      client: { reconnectAfterInactivityMs: SSE_RECONNECT_AFTER_MS },
    },
  });

export const { router, createCallerFactory } = t;

/** What all have: operators see how each call went, and it is said of a database that serves nobody that it does, rather than that something went wrong. */
const procedure = t.procedure.use(({ ctx, path, type, next }) =>
  observed(ctx.observeCall, { path, type }, async () => {
    const result = await next();
    if (!result.ok) throw explainFailure(result.error);
    return result;
  }),
);

/** Anyone. */
export const publicProcedure = procedure.meta({ access: 'anyone' }).use(async ({ ctx, path, next }) => {
  const { network } = ctx.request;
  if (network !== undefined) await limitCall(ctx.rateLimits, path, network);
  return next();
});

/**
 * A logged-in user, or a script with an API key: `ctx.user`, by `ctx.credential`. From here on `ctx.db` is the database
 * as the user's team has it.
 */
export const authedProcedure = procedure.meta({ access: 'user' }).use(async ({ ctx, path, next }) => {
  const { user, credential } = await ctx.authenticate();
  await limitCall(ctx.rateLimits, path, user.id);
  return next({ ctx: { user, credential, db: forTeam(ctx.db, user.teamId) } });
});

/** A logged-in user. Who has found an API key must not be able to make it outlive itself: no password, no other key. */
export const sessionProcedure = authedProcedure.meta({ access: 'session' }).use(({ ctx, next }) => {
  if (ctx.credential.type !== 'session') {
    throw new DomainError('SESSION_REQUIRED', 'This takes a login: it cannot be done with an API key.');
  }
  return next({ ctx: { sessionIdHash: ctx.credential.sessionIdHash } });
});

/** An admin of the team. */
export const adminProcedure = authedProcedure.meta({ access: 'admin' }).use(({ ctx, next }) => {
  if (ctx.user.role !== 'admin')
    throw new DomainError('ADMIN_REQUIRED', 'Only an admin of the team may do this.');
  return next();
});
