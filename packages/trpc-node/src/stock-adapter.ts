// Delegates to tRPC's own adapter: rare requests, and errors that prevented this package from responding.
import type { AnyTRPCRouter } from '@trpc/server';
import {
  internal_exceptionHandler,
  nodeHTTPRequestHandler,
  type NodeHTTPRequestHandlerOptions,
} from '@trpc/server/adapters/node-http';
import type { HandlerSettings } from './handler-settings.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import { checkShape } from './request/parse-json.ts';
import { decodeText, readBody } from './request/read-body.ts';
import { FORM_TYPE, headerText, mediaType } from './request/request-headers.ts';

/**
 * Whether tRPC's own adapter handles a request: it needs Web objects anyway (byte streams, streamed batches), or is
 * too rare to be worth a second implementation.
 */
export function isRareRequest(request: NodeRequest): boolean {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') return true;
  if (isBodyTaken(request)) return true;
  const type = mediaType(request);
  if (type === FORM_TYPE) return method === 'GET';
  return type === 'application/octet-stream' || wantsStreamedBatch(request);
}

/** Whether a body parser has run before this handler. */
function isBodyTaken(request: NodeRequest): boolean {
  return 'body' in request || (request.method === 'POST' && request.readableEnded);
}

function wantsStreamedBatch(request: NodeRequest): boolean {
  const trpcAccept = headerText(request, 'trpc-accept');
  if (trpcAccept !== null) return trpcAccept === 'application/jsonl';
  const { accept } = request.headers;
  return (
    accept?.includes('application/jsonl') === true &&
    accept.split(',').some((type) => type.trim() === 'application/jsonl')
  );
}

interface StockRequest {
  request: NodeRequest;
  response: NodeResponse;
  /** The procedures, percent-encoded. */
  path: string;
  /** Fails every call of the request. */
  middlewareError?: unknown;
}

export async function handleWithStockAdapter(
  settings: HandlerSettings,
  stockRequest: StockRequest,
): Promise<void> {
  const { request, middlewareError } = stockRequest;
  const readsJson = request.method === 'POST' && mediaType(request) === 'application/json';
  if (readsJson && middlewareError === undefined && !isBodyTaken(request))
    Object.assign(request, { body: await readJsonText(request, settings.maxBodySize) });
  await nodeHTTPRequestHandler(stockOptions(settings, stockRequest));
}

/** Reads the body for tRPC's adapter, which would parse any JSON. @throws TRPCError PAYLOAD_TOO_LARGE */
async function readJsonText(request: NodeRequest, maxBytes: number): Promise<string> {
  const text = decodeText(await readBody(request, maxBytes));
  checkShape(text);
  return text;
}

interface FatalError {
  request: NodeRequest;
  response: NodeResponse;
  cause: unknown;
}

/** Responds to an error that handling a request threw. Never throws: its caller has no handler left. */
export function respondToFatal(settings: HandlerSettings, { request, response, cause }: FatalError): void {
  try {
    internal_exceptionHandler(stockOptions(settings, { request, response, path: '' }))(cause);
  } catch (error) {
    // The router's transformer fails on errors.
    process.emitWarning(error instanceof Error ? error : String(error));
    response.destroy();
  }
}

function stockOptions(
  settings: HandlerSettings,
  { request, response, path, middlewareError }: StockRequest,
): NodeHTTPRequestHandlerOptions<AnyTRPCRouter, NodeRequest, NodeResponse> {
  const { router, responseMeta, allowMethodOverride, allowBatching, maxBatchSize, maxBodySize } = settings;
  return {
    router,
    path,
    req: request,
    res: response,
    middleware: (_request, _response, next) => void next(middlewareError),
    createContext: ({ req, res, info }) => settings.createContext({ req, res, info }),
    onError: (details) => settings.onError(details),
    responseMeta: responseMeta ?? (() => ({})),
    allowMethodOverride,
    allowBatching,
    maxBatchSize,
    maxBodySize,
  };
}
