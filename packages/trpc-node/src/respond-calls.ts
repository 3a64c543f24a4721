// Runs queries and mutations, and responds once all their results are there.
import { TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import { callProcedure } from './call/call-procedure.ts';
import { isObject } from './is-object.ts';
import type { RequestResponse } from './request-response.ts';
import { callOrigin, type ProcedureCall } from './request/procedure-call.ts';
import { responseHead, sendHead, sendText, type ResponseHead } from './respond.ts';
import { ResponseStream } from './sse/response-stream.ts';
import { StreamRegistry } from './sse/stream-registry.ts';
import { isLargeValue, writeJson } from './write-json.ts';

/** @throws TRPCError if the result is a stream; whatever responseMeta, errorFormatter or the transformer throw */
export async function respondCall(
  http: RequestResponse,
  call: ProcedureCall,
  contextError: TRPCError | undefined,
): Promise<void> {
  const outcome = await callProcedure(http, call, contextError);
  const { error } = outcome;
  http.contentType = 'application/json';
  if (error === undefined && isStreamLike(outcome.data)) throw notStreamable();
  const response = error === undefined ? success(outcome.data) : failure(http, error, call);
  const head = responseHead(http, { responses: [response], errors: [error] });
  if (http.response.headersSent || !isLargeValue(response))
    sendText(http, head, JSON.stringify(transformed(http, response)));
  else await sendInPieces(http, head, await transformedInSlices(http, response));
}

/** @throws as respondCall does, except that a stream among the results fails only its own call */
export async function respondBatch(
  http: RequestResponse,
  { calls }: TRPCRequestInfo,
  contextError: TRPCError | undefined,
): Promise<void> {
  const settled = await Promise.all(
    calls.map(async (call) => {
      const outcome = await callProcedure(http, call, contextError);
      if (outcome.error !== undefined) return { call, error: outcome.error };
      const { data } = outcome;
      return isStreamLike(data) ? { call, error: notStreamable() } : { call, error: undefined, data };
    }),
  );
  http.contentType = 'application/json';
  const responses = settled.map(({ call, error, data }) =>
    error === undefined ? success(data) : failure(http, error, call),
  );
  const head = responseHead(http, { responses, errors: settled.map(({ error }) => error) });
  if (http.response.headersSent || !isLargeValue(responses)) {
    sendText(http, head, JSON.stringify(responses.map((response) => transformed(http, response))));
    return;
  }
  const written: unknown[] = [];
  for (const response of responses) written.push(await transformedInSlices(http, response));
  await sendInPieces(http, head, written);
}

/** Without the pings of event streams. */
const largeResponses = new StreamRegistry();

/** Sends a large value as JSON. */
async function sendInPieces(http: RequestResponse, head: ResponseHead, value: unknown): Promise<void> {
  sendHead(http, head);
  const stream = new ResponseStream(http, largeResponses);
  await writeJson(value, { stream });
  stream.end();
}

/** Whether only a streamed response could carry a value: an async iterable, or an object with one or with a promise. */
function isStreamLike(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (Symbol.asyncIterator in value) return true;
  for (const item of Object.values(value)) {
    if (typeof item !== 'object' && typeof item !== 'function') continue;
    if (isPromiseLike(item) || (isObject(item) && Symbol.asyncIterator in item)) return true;
  }
  return false;
}

function isPromiseLike(value: object | null): boolean {
  return (
    value !== null &&
    'then' in value &&
    typeof value.then === 'function' &&
    'catch' in value &&
    typeof value.catch === 'function'
  );
}

function notStreamable(): TRPCError {
  const message = 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink';
  return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message });
}

function success(data: unknown): TRPCResponse {
  return { result: { data } };
}

function failure(http: RequestResponse, error: TRPCError, call: ProcedureCall): TRPCResponse {
  return { error: http.errorShape(error, callOrigin(call)) };
}

function transformed({ settings }: RequestResponse, response: TRPCResponse): unknown {
  if ('error' in response) return { error: settings.serialize(response.error) };
  return { result: { data: settings.serialize(response.result.data) } };
}

async function transformedInSlices(http: RequestResponse, response: TRPCResponse): Promise<unknown> {
  const { inSlices } = http.settings.serialize;
  if (inSlices === undefined || 'error' in response) return transformed(http, response);
  return { result: { data: await inSlices(response.result.data) } };
}
