import { getTRPCErrorShape, type TRPCError } from '@trpc/server';
import type { TRPCErrorResponse } from '@trpc/server/rpc';
import type { ErrorOrigin, Exchange } from './exchange.ts';

/** An error as its client sees it: what the router's errorFormatter makes of it. */
export function errorShape(
  { settings, context: ctx }: Exchange,
  error: TRPCError,
  origin: ErrorOrigin,
): TRPCErrorResponse['error'] {
  return getTRPCErrorShape({ config: settings.config, error, ctx, ...origin });
}
