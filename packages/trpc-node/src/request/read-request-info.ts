// Parses a request into tRPC's own description of it, which `createContext` and `responseMeta` receive.
import { TRPCError, type TRPCProcedureType } from '@trpc/server';
import { createURL } from '@trpc/server/adapters/node-http';
import { parseConnectionParamsFromString, type TRPCRequestInfo } from '@trpc/server/http';
import type { NodeRequest } from '../node-http.ts';
import type { RequestResponse } from '../request-response.ts';
import type { RequestTarget } from './parse-target.ts';
import { createCall, type ProcedureCall } from './procedure-call.ts';
import { decodePath, findProcedure, procedurePath } from './procedure-path.ts';
import { FORM_TYPE, mediaType } from './request-headers.ts';
import { RequestInputs } from './request-inputs.ts';

/** @throws TRPCError BAD_REQUEST, NOT_FOUND, UNSUPPORTED_MEDIA_TYPE or PARSE_ERROR */
export async function readRequestInfo(
  { request, settings, signal }: RequestResponse,
  { pathname, query }: RequestTarget,
): Promise<TRPCRequestInfo> {
  const isForm = mediaType(request) === FORM_TYPE;
  const isBatchCall = !isForm && query.get('batch') === '1';
  const path = decodePath(procedurePath(pathname, settings.basePath), settings.config.pathSeparator);
  const paths = isBatchCall ? path.split(',') : [path];
  if (!isForm) requireJson(request);
  if (isBatchCall && paths.length > settings.maxBatchSize) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batch call exceeds maximum size' });
  }

  const { maxBodySize } = settings;
  const { input: deserializer } = settings.config.transformer;
  const deserialize = (value: unknown): unknown => deserializer.deserialize(value);
  const callCount = paths.length;
  const inputs = new RequestInputs({
    ...{ request, query, isForm, isBatchCall, callCount, maxBodySize, deserialize },
  });
  const calls: ProcedureCall[] = [];
  for (const called of paths) {
    const found = findProcedure(settings.router, called);
    const procedure = found instanceof Promise ? await found : found;
    calls.push(createCall({ path: called, index: calls.length, procedure, inputs, request, query }));
  }

  const params = isForm ? null : query.get('connectionParams');
  return new RequestInfo(request, {
    isBatchCall,
    calls,
    type: isForm ? 'mutation' : typeOfCalls(calls),
    connectionParams: params === null ? null : parseConnectionParamsFromString(params),
    signal,
  });
}

function requireJson(request: NodeRequest): void {
  if (request.method === 'GET' || mediaType(request) === 'application/json') return;
  const contentType = request.headers['content-type'];
  throw new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    // tRPC's message, which lacks the closing quotation mark.
    message:
      contentType === undefined ? 'Missing content-type header' : `Unsupported content-type "${contentType}`,
  });
}

function typeOfCalls(calls: readonly ProcedureCall[]): TRPCRequestInfo['type'] {
  const types: TRPCProcedureType[] = [];
  for (const { procedure } of calls) {
    if (procedure !== null && !types.includes(procedure._def.type)) types.push(procedure._def.type);
  }
  if (types.length > 1) {
    const message = `Cannot mix procedure types in call: ${types.join(', ')}`;
    throw new TRPCError({ code: 'BAD_REQUEST', message });
  }
  return types[0] ?? 'unknown';
}

/** tRPC's description of a request. Its URL is created on first access. */
class RequestInfo implements TRPCRequestInfo {
  /** tRPC's own adapter handles streamed batches, which alone have another value. */
  readonly accept = null;
  readonly type: TRPCRequestInfo['type'];
  readonly isBatchCall: boolean;
  readonly calls: TRPCRequestInfo['calls'];
  readonly connectionParams: TRPCRequestInfo['connectionParams'];
  readonly signal: AbortSignal;
  readonly #request: NodeRequest;
  #url: URL | undefined;

  constructor(
    request: NodeRequest,
    { type, isBatchCall, calls, connectionParams, signal }: Omit<TRPCRequestInfo, 'url' | 'accept'>,
  ) {
    this.#request = request;
    this.type = type;
    this.isBatchCall = isBatchCall;
    this.calls = calls;
    this.connectionParams = connectionParams;
    this.signal = signal;
  }

  get url(): URL {
    return (this.#url ??= createURL(this.#request));
  }
}
