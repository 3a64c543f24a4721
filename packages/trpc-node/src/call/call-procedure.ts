import {
  getTRPCErrorFromUnknown,
  TRPCError,
  type AnyTRPCProcedure,
  type TRPCProcedureType,
} from '@trpc/server';
import { invokeProcedure } from './invoke-procedure.ts';
import type { Exchange } from '../exchange.ts';
import { callOrigin } from '../request/call-origin.ts';
import type { ProcedureCall } from '../request/create-call.ts';

/** What one call came to. */
export type CallOutcome = { error: TRPCError } | { error: undefined; data: unknown };

/** Calls a procedure, and reports its failure. `failedContext` is what createContext threw: each call fails with it. */
export async function callProcedure(
  exchange: Exchange,
  call: ProcedureCall,
  failedContext: TRPCError | undefined,
): Promise<CallOutcome> {
  const { procedure } = call;
  try {
    const { path, getRawInput, batchIndex } = call;
    const callable = requireCallable(exchange, call, procedure);
    if (failedContext !== undefined) throw failedContext;
    const { type } = callable._def;
    const { context: ctx, signal } = exchange;
    const options = { path, getRawInput, ctx, type, signal, batchIndex };
    return { error: undefined, data: await invokeProcedure(callable, options) };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    exchange.report(error, callOrigin(call));
    return { error };
  }
}

function requireCallable(
  exchange: Exchange,
  { path }: ProcedureCall,
  procedure: AnyTRPCProcedure | null,
): AnyTRPCProcedure {
  if (procedure === null) {
    throw new TRPCError({ code: 'NOT_FOUND', message: `No procedure found on path "${path}"` });
  }
  const { type } = procedure._def;
  const { method = '' } = exchange.request;
  const accepted = exchange.settings.allowMethodOverride ? acceptedWithOverride : acceptedMethods;
  if (!accepted[type].includes(method)) {
    exchange.allow = accepted[type].join(', ');
    const message = `Unsupported ${method}-request to ${type} procedure at path "${path}"`;
    throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message });
  }
  if (type === 'subscription' && exchange.info?.isBatchCall === true) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Cannot batch subscription calls' });
  }
  return procedure;
}

type AcceptedMethods = Record<TRPCProcedureType, readonly string[]>;

const acceptedMethods: AcceptedMethods = { query: ['GET'], mutation: ['POST'], subscription: ['GET'] };
const acceptedWithOverride: AcceptedMethods = {
  query: ['GET', 'POST'],
  // A GET can be sent by any page, and is repeated at will: it never runs a mutation.
  mutation: ['POST'],
  subscription: ['GET', 'POST'],
};
