import type { AnyTRPCMiddlewareFunction, AnyTRPCProcedure } from '@trpc/server';

type Middlewares = readonly AnyTRPCMiddlewareFunction[];

const known = new WeakMap<AnyTRPCProcedure, { middlewares: Middlewares | undefined }>();

/** A procedure's middlewares and its resolver; undefined where it is not called by running them one after the other. */
export function middlewaresOf(procedure: AnyTRPCProcedure): Middlewares | undefined {
  let entry = known.get(procedure);
  if (entry === undefined) {
    entry = { middlewares: readMiddlewares(procedure) };
    known.set(procedure, entry);
  }
  return entry.middlewares;
}

function readMiddlewares({ _def }: AnyTRPCProcedure): Middlewares | undefined {
  if (_def.experimental_caller || !('middlewares' in _def) || !Array.isArray(_def.middlewares))
    return undefined;
  const middlewares: unknown[] = _def.middlewares;
  return middlewares.every(isMiddleware) ? middlewares : undefined;
}

function isMiddleware(value: unknown): value is AnyTRPCMiddlewareFunction {
  return typeof value === 'function';
}
