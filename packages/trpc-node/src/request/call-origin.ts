import type { ErrorOrigin } from '../exchange.ts';
import type { ProcedureCall } from './create-call.ts';

/** A call as the origin of an error. Its input is known once the procedure has asked for it. */
export function callOrigin({ path, procedure, result }: ProcedureCall): ErrorOrigin {
  return { path, input: result(), type: procedure?._def.type ?? 'unknown' };
}
