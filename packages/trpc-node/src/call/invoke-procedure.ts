// What a procedure does when it is called: its middlewares, the resolver as the last of them. tRPC's own loop, from its
// source, but for the spreads: the published tRPC is compiled for old engines, and copies the call's options ten times
// slower than the syntax does, twice for each middleware. That is a sixth of all that a small call costs.
import {
  getTRPCErrorFromUnknown,
  TRPCError,
  type AnyTRPCMiddlewareFunction,
  type AnyTRPCProcedure,
} from '@trpc/server';
import { middlewareMarker } from '@trpc/server/unstable-core-do-not-import';
import { isObject } from '../is-object.ts';
import { middlewaresOf } from './middlewares-of.ts';

type CallOptions = Parameters<AnyTRPCProcedure>[0];
type MiddlewareResult = Awaited<ReturnType<AnyTRPCMiddlewareFunction>>;

/** @throws whatever the procedure throws */
export async function invokeProcedure(procedure: AnyTRPCProcedure, options: CallOptions): Promise<unknown> {
  const middlewares = middlewaresOf(procedure);
  if (middlewares === undefined) return procedure(options);
  // A middleware may have been written in JavaScript.
  const result: MiddlewareResult | undefined = await runFrom(
    0,
    { middlewares, meta: procedure._def.meta },
    options,
  );
  if (!result) {
    const message = 'No result from middlewares - did you forget to `return next()`?';
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
  }
  if (!result.ok) throw result.error;
  return result.data;
}

interface Chain {
  middlewares: readonly AnyTRPCMiddlewareFunction[];
  meta: unknown;
}

interface NextOptions {
  ctx?: unknown;
  input?: unknown;
  getRawInput?: CallOptions['getRawInput'];
}

async function runFrom(index: number, chain: Chain, options: CallOptions): Promise<MiddlewareResult> {
  try {
    const middleware = chain.middlewares[index];
    if (middleware === undefined) throw new TypeError('middleware is not a function');
    const next = (given?: NextOptions): Promise<MiddlewareResult> =>
      runFrom(index + 1, chain, {
        ...options,
        ctx: given?.ctx ? mergeContexts(options.ctx, given.ctx) : options.ctx,
        input: given !== undefined && 'input' in given ? given.input : options.input,
        getRawInput: given?.getRawInput ?? options.getRawInput,
      });
    return await middleware({ ...options, meta: chain.meta, input: options.input, next });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause), marker: middlewareMarker };
  }
}

function mergeContexts(context: unknown, added: unknown): unknown {
  return { ...(isObject(context) ? context : {}), ...(isObject(added) ? added : {}) };
}
