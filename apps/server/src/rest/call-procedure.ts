import type { RestRoute } from '@parley/api';
import type { RestExchange } from './rest-exchange.ts';

/** Calls a route's procedure as tRPC would: its middlewares, its validation, its errors. */
export function callProcedure(
  { context, signal }: RestExchange,
  { procedure, procedurePath }: RestRoute,
  input: unknown,
): Promise<unknown> {
  return procedure({
    path: procedurePath,
    type: procedure._def.type,
    ctx: context,
    getRawInput: () => Promise.resolve(input),
    signal,
    batchIndex: 0,
  });
}
