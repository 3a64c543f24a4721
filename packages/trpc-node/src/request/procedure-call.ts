import type { AnyTRPCProcedure } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import { isObject } from '../is-object.ts';
import type { NodeRequest } from '../node-http.ts';
import type { ErrorOrigin } from '../request-response.ts';
import type { Query } from './parse-target.ts';
import { readLastEventId } from './request-headers.ts';
import type { RequestInputs } from './request-inputs.ts';

/** One call of a request, as tRPC describes it. */
export type ProcedureCall = TRPCRequestInfo['calls'][number];

export interface CallParts {
  path: string;
  index: number;
  procedure: AnyTRPCProcedure | null;
  inputs: RequestInputs;
  request: NodeRequest;
  query: Query;
}

export function createCall({ path, index, procedure, inputs, request, query }: CallParts): ProcedureCall {
  const call: ProcedureCall = {
    path,
    procedure,
    batchIndex: index,
    getRawInput: () => inputs.read(index),
    result: () => inputs.peek(index),
  };
  if (procedure?._def.type === 'subscription') {
    const lastEventId = readLastEventId(request, query);
    call.getRawInput = async () => withLastEventId(await inputs.read(index), lastEventId);
  }
  return call;
}

/** Adds the id of the last event that the client received to the input of a subscription. */
function withLastEventId(input: unknown, lastEventId: string | null): unknown {
  if (lastEventId === null || lastEventId === '') return input;
  return isObject(input) ? { ...input, lastEventId } : (input ?? { lastEventId });
}

/** The call as the origin of an error. Its input is undefined until the procedure has read it. */
export function callOrigin({ path, procedure, result }: ProcedureCall): ErrorOrigin {
  return { path, input: result(), type: procedure?._def.type ?? 'unknown' };
}
