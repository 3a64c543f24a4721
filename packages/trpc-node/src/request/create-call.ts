import type { AnyTRPCProcedure } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import { isObject } from '../is-object.ts';
import type { NodeRequest } from '../node-http.ts';
import { readLastEventId } from './read-last-event-id.ts';
import type { Query } from './parse-query.ts';
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

/** A subscription finds the id of the last event that its client received in its input. */
function withLastEventId(input: unknown, lastEventId: string | null): unknown {
  if (lastEventId === null || lastEventId === '') return input;
  return isObject(input) ? { ...input, lastEventId } : (input ?? { lastEventId });
}
