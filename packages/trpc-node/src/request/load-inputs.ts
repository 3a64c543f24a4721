import { TRPCError } from '@trpc/server';
import { isObject } from '../is-object.ts';
import type { NodeRequest } from '../node-http.ts';
import type { Query } from './parse-query.ts';
import { readBody } from './read-body.ts';

export interface InputSource {
  request: NodeRequest;
  query: Query;
  isBatchCall: boolean;
  callCount: number;
  maxBodyBytes: number;
  deserialize: (value: unknown) => unknown;
}

/**
 * The inputs of all calls, from the query or the body.
 * @throws whatever JSON.parse or the transformer throws
 */
export async function loadInputs(source: InputSource): Promise<unknown[]> {
  const { request, isBatchCall, callCount, deserialize } = source;
  const text =
    request.method === 'GET' ? source.query.get('input') : await readBody(request, source.maxBodyBytes);
  // No body is what `httpLink` sends for an input of undefined.
  if (text === null || text === '') return [];
  const json: unknown = JSON.parse(text);
  if (!isBatchCall) return [deserialize(json)];

  if (!isObject(json)) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: '"input" needs to be an object when doing a batch call',
    });
  }
  const inputs: unknown[] = [];
  for (let index = 0; index < callCount; index += 1) {
    const input = json[index];
    if (input !== undefined) inputs[index] = deserialize(input);
  }
  return inputs;
}
