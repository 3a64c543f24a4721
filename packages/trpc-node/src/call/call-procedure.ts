import {
  getTRPCErrorFromUnknown,
  TRPCError,
  type AnyTRPCProcedure,
  type TRPCProcedureType,
} from '@trpc/server';
import { invokeProcedure } from './invoke-procedure.ts';
import type { RequestResponse } from '../request-response.ts';
import { callOrigin, type ProcedureCall } from '../request/procedure-call.ts';

/** The result of one call. */
export type CallOutcome = { error: TRPCError } | { error: undefined; data: unknown };

/** Calls a procedure, and reports its error. Every call fails with `contextError`, the error of createContext. */
export async function callProcedure(
  http: RequestResponse,
  call: ProcedureCall,
  contextError: TRPCError | undefined,
): Promise<CallOutcome> {
  const { procedure } = call;
  try {
    const { path, getRawInput, batchIndex } = call;
    const callable = requireCallable(http, call, procedure);
    if (contextError !== undefined) throw contextError;
    const { type } = callable._def;
    const { context: ctx, signal } = http;
    const options = { path, getRawInput, ctx, type, signal, batchIndex };
    return { error: undefined, data: await invokeProcedure(callable, options) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    http.report(error, callOrigin(call));
    return { error };
  }
}

function requireCallable(
  http: RequestResponse,
  { path }: ProcedureCall,
  procedure: AnyTRPCProcedure | null,
): AnyTRPCProcedure {
  if (procedure === null) {
    throw new TRPCError({ code: 'NOT_FOUND', message: `No procedure found on path "${path}"` });
  }
  const { type } = procedure._def;
  const { method = '' } = http.request;
  const accepted = http.settings.allowMethodOverride ? acceptedWithOverride : acceptedMethods;
  if (!accepted[type].includes(method)) {
    http.allow = accepted[type].join(', ');
    const message = `Unsupported ${method}-request to ${type} procedure at path "${path}"`;
    throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message });
  }
  if (type === 'subscription' && http.info?.isBatchCall === true) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Cannot batch subscription calls' });
  }
  return procedure;
}

type AcceptedMethods = Record<TRPCProcedureType, readonly string[]>;

const acceptedMethods: AcceptedMethods = { query: ['GET'], mutation: ['POST'], subscription: ['GET'] };
const acceptedWithOverride: AcceptedMethods = {
  query: ['GET', 'POST'],
  // Never GET: any page can send one, and browsers and proxies may repeat it.
  mutation: ['POST'],
  subscription: ['GET', 'POST'],
};
