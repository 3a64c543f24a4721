// Answers for what is refused before it reaches the router, in the router's own words.
import { getTRPCErrorShape, type TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { appRouter } from './root.ts';

export function httpStatusOf(error: TRPCError): number {
  return getHTTPStatusCodeFromError(error);
}

/** The JSON with which tRPC answers a request that failed as a whole; clients read it for single calls and batches alike. */
export function trpcErrorBody(error: TRPCError): string {
  const { _config: config } = appRouter._def;
  const shape = getTRPCErrorShape({
    config,
    error,
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  return JSON.stringify({ error: config.transformer.output.serialize(shape) });
}
