// Call metrics for operators: procedure, result and duration, but never inputs or outputs.
import { TRPCError, type TRPCProcedureType } from '@trpc/server';

export interface ObservedCall {
  /** Path of an existing procedure. */
  path: string;
  type: TRPCProcedureType;
  /** tRPC's error code, or `OK`. The call of a subscription ends when its stream opens. */
  code: string;
  durationMs: number;
}

/** Must not throw. */
export type ObserveCall = (call: ObservedCall) => void;

type MiddlewareResult = { ok: true } | { ok: false; error: TRPCError };

/** Runs the next middlewares and reports their result. */
export async function observed<Result extends MiddlewareResult>(
  observe: ObserveCall,
  { path, type }: Pick<ObservedCall, 'path' | 'type'>,
  run: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  let code = 'INTERNAL_SERVER_ERROR';
  try {
    const result = await run();
    code = result.ok ? 'OK' : result.error.code;
    return result;
  } catch (error) {
    if (error instanceof TRPCError) code = error.code;
    throw error;
  } finally {
    observe({ path, type, code, durationMs: performance.now() - startedAt });
  }
}
