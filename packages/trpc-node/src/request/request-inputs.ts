import { TRPCError } from '@trpc/server';
import { isObject } from '../is-object.ts';
import type { NodeRequest } from '../node-http.ts';
import { parseJson } from './parse-json.ts';
import type { Query } from './parse-target.ts';
import { decodeText, readBody } from './read-body.ts';
import { readForm } from './read-form.ts';

export interface InputSource {
  request: NodeRequest;
  query: Query;
  /** Whether the body is a form, which is the input of a single call. */
  isForm: boolean;
  isBatchCall: boolean;
  callCount: number;
  maxBodySize: number;
  deserialize: (value: unknown) => unknown;
}

/** The inputs of a request by the index of their call, read once, when the first procedure needs its input. */
export class RequestInputs {
  /** Released after reading: a subscription keeps this object for as long as it lasts. */
  #source: InputSource | undefined;
  #loading: Promise<unknown[]> | undefined;
  #inputs: unknown[] = [];

  constructor(source: InputSource) {
    this.#source = source;
  }

  /** @throws TRPCError BAD_REQUEST if the inputs cannot be read, PAYLOAD_TOO_LARGE, CLIENT_CLOSED_REQUEST */
  async read(index: number): Promise<unknown> {
    if (this.#source !== undefined) {
      this.#loading = loadInputs(this.#source).catch(refuse);
      this.#source = undefined;
    }
    if (this.#loading !== undefined) {
      this.#inputs = await this.#loading;
      this.#loading = undefined;
    }
    return this.#inputs[index];
  }

  /** The input if it has been read, else undefined. */
  peek(index: number): unknown {
    return this.#inputs[index];
  }
}

/** @throws whatever parseJson, readForm or the transformer throws */
async function loadInputs(source: InputSource): Promise<unknown[]> {
  const { request, query, isForm, isBatchCall, callCount, maxBodySize, deserialize } = source;
  if (isForm) return [await readForm(request, maxBodySize)];
  const text =
    request.method === 'GET' ? query.get('input') : decodeText(await readBody(request, maxBodySize));
  // `httpLink` sends an input of undefined as an empty body.
  if (text === null || text === '') return [];
  const json = parseJson(text);
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

function refuse(cause: unknown): never {
  if (cause instanceof TRPCError) throw cause;
  const message = cause instanceof Error ? cause.message : 'Invalid input';
  throw new TRPCError({ code: 'BAD_REQUEST', message, cause });
}
