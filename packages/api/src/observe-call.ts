// What operators see of calls: which procedure, how it ended, how long it took. Never what was asked or answered.
import { TRPCError, type TRPCProcedureType } from '@trpc/server';

export interface ObservedCall {
  /** Of a procedure that there is. */
  path: string;
  type: TRPCProcedureType;
  /** tRPC's code of the error, or `OK`. A subscription is over, for this, when its stream is open. */
  code: string;
  durationMs: number;
}

/** Must not throw. */
export type ObserveCall = (call: ObservedCall) => void;

type MiddlewareResult = { ok: true } | { ok: false; error: TRPCError };

/** Runs the middlewares behind this one, and tells how they ended. */
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
