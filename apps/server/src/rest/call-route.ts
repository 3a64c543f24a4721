import type { RestRequest } from './rest-request.ts';

/**
 * Calls the route's procedure as tRPC does: middlewares, validation and errors are the same. The procedure reads its
 * input after the middlewares that limit and authenticate the call, so a refused call costs no parsing.
 */
export function callRoute(
  { route, context, signal }: RestRequest,
  readInput: () => Promise<unknown>,
): Promise<unknown> {
  const { procedure, procedurePath } = route;
  return procedure({
    path: procedurePath,
    type: procedure._def.type,
    ctx: context,
    getRawInput: readInput,
    signal,
    batchIndex: 0,
  });
}
