// Queries and mutations: all results, then one answer.
import { TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import { callProcedure } from './call/call-procedure.ts';
import { errorShape } from './error-shape.ts';
import type { Exchange } from './exchange.ts';
import { isStreamLike } from './is-stream-like.ts';
import { callOrigin } from './request/call-origin.ts';
import type { ProcedureCall } from './request/create-call.ts';
import { responseHead } from './response-head.ts';
import { sendText } from './send-text.ts';

/** @throws TRPCError where the result is a stream; whatever responseMeta, errorFormatter or the transformer throw */
export async function answerCall(
  exchange: Exchange,
  call: ProcedureCall,
  failedContext: TRPCError | undefined,
): Promise<void> {
  const outcome = await callProcedure(exchange, call, failedContext);
  const { error } = outcome;
  exchange.contentType = 'application/json';
  if (error === undefined && isStreamLike(outcome.data)) throw notStreamable();
  const response = error === undefined ? success(outcome.data) : failure(exchange, error, call);
  const head = responseHead(exchange, { responses: [response], errors: [error] });
  sendText(exchange, head, JSON.stringify(transformed(exchange, response)));
}

/** @throws as answerCall does, but a result that is a stream is an error in its place of the batch */
export async function answerBatch(
  exchange: Exchange,
  { calls }: TRPCRequestInfo,
  failedContext: TRPCError | undefined,
): Promise<void> {
  const settled = await Promise.all(
    calls.map(async (call) => {
      const outcome = await callProcedure(exchange, call, failedContext);
      if (outcome.error !== undefined) return { call, error: outcome.error };
      const { data } = outcome;
      return isStreamLike(data) ? { call, error: notStreamable() } : { call, error: undefined, data };
    }),
  );
  exchange.contentType = 'application/json';
  const responses = settled.map(({ call, error, data }) =>
    error === undefined ? success(data) : failure(exchange, error, call),
  );
  const head = responseHead(exchange, { responses, errors: settled.map(({ error }) => error) });
  sendText(exchange, head, JSON.stringify(responses.map((response) => transformed(exchange, response))));
}

function notStreamable(): TRPCError {
  const message = 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink';
  return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message });
}

function success(data: unknown): TRPCResponse {
  return { result: { data } };
}

function failure(exchange: Exchange, error: TRPCError, call: ProcedureCall): TRPCResponse {
  return { error: errorShape(exchange, error, callOrigin(call)) };
}

function transformed({ settings }: Exchange, response: TRPCResponse): unknown {
  if ('error' in response) return { error: settings.serialize(response.error) };
  return { result: { data: settings.serialize(response.result.data) } };
}
