import type { RestRoute } from '@parley/api';
import type { RestRequest } from './rest-request.ts';

/** Calls a route's procedure as tRPC would: its middlewares, its validation, its errors. */
export function callRoute(
  { context, signal }: RestRequest,
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
