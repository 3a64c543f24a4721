// Error responses for requests that are refused before they reach the router, in the router's format.
import { getTRPCErrorShape, type TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { appRouter } from './root.ts';

export function httpStatusOf(error: TRPCError): number {
  return getHTTPStatusCodeFromError(error);
}

/** The JSON body of a request that failed as a whole. Clients accept it for single calls and for batches. */
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
