// What a request asks for, in tRPC's own terms: `createContext` and `responseMeta` get this object.
import { TRPCError, type TRPCProcedureType } from '@trpc/server';
import { parseConnectionParamsFromString, type TRPCRequestInfo } from '@trpc/server/http';
import type { Exchange } from '../exchange.ts';
import type { NodeRequest } from '../node-http.ts';
import { createCall, type ProcedureCall } from './create-call.ts';
import { decodePath } from './decode-path.ts';
import { findProcedure } from './find-procedure.ts';
import { loadInputs } from './load-inputs.ts';
import { mediaType } from './media-type.ts';
import type { RequestTarget } from './parse-target.ts';
import { procedurePath } from './procedure-path.ts';
import { RequestInfo } from './request-info.ts';
import { RequestInputs } from './request-inputs.ts';

/** @throws TRPCError BAD_REQUEST, NOT_FOUND, UNSUPPORTED_MEDIA_TYPE or PARSE_ERROR */
export async function readRequestInfo(exchange: Exchange, target: RequestTarget): Promise<TRPCRequestInfo> {
  const { request, settings, signal } = exchange;
  const { query } = target;
  const isBatchCall = query.get('batch') === '1';
  const path = decodePath(procedurePath(target.pathname, settings.basePath), settings.config.pathSeparator);
  const paths = isBatchCall ? path.split(',') : [path];
  requireJson(request);
  if (isBatchCall && paths.length > settings.maxBatchSize) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batch call exceeds maximum size' });
  }

  const { maxBodyBytes } = settings;
  const { input: deserializer } = settings.config.transformer;
  const deserialize = (value: unknown): unknown => deserializer.deserialize(value);
  const source = { request, query, isBatchCall, callCount: paths.length, maxBodyBytes, deserialize };
  const inputs = new RequestInputs(() => loadInputs(source));
  const calls: ProcedureCall[] = [];
  for (const called of paths) {
    const found = findProcedure(settings.router, called);
    const procedure = found instanceof Promise ? await found : found;
    calls.push(createCall({ path: called, index: calls.length, procedure, inputs, request, query }));
  }

  const params = query.get('connectionParams');
  return new RequestInfo(request, {
    isBatchCall,
    calls,
    type: typeOfCalls(calls),
    connectionParams: params === null ? null : parseConnectionParamsFromString(params),
    signal,
  });
}

function requireJson(request: NodeRequest): void {
  if (request.method === 'GET' || mediaType(request) === 'application/json') return;
  const contentType = request.headers['content-type'];
  throw new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    // The quotation mark that does not close is tRPC's.
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
