import type { RestRequest } from './rest-request.ts';

/** Calls the route's procedure as tRPC does: middlewares, validation and errors are the same. */
export function callRoute({ route, context, signal }: RestRequest, input: unknown): Promise<unknown> {
  const { procedure, procedurePath } = route;
  return procedure({
    path: procedurePath,
    type: procedure._def.type,
    ctx: context,
    getRawInput: () => Promise.resolve(input),
    signal,
    batchIndex: 0,
  });
}
