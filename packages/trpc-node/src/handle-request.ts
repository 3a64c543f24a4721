import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { ErrorOrigin, RequestResponse } from './request-response.ts';
import type { RequestTarget } from './request/parse-target.ts';
import { readRequestInfo } from './request/read-request-info.ts';
import { readLastEventId } from './request/request-headers.ts';
import { respondBatch, respondCall } from './respond-calls.ts';
import { responseHead, sendText } from './respond.ts';
import { handleSubscription } from './sse/handle-subscription.ts';

/** @throws only errors that cannot be sent: responseMeta, errorFormatter or the transformer also fail on the error */
export async function handleRequest(http: RequestResponse, target: RequestTarget): Promise<void> {
  try {
    const info = await readRequestInfo(http, target);
    http.info = info;
    if (info.isBatchCall && !http.settings.allowBatching) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batching is not enabled on the server' });
    }
    const contextError = await createContext(http, info);
    const [call] = info.calls;
    if (info.isBatchCall || call === undefined) await respondBatch(http, info, contextError);
    else if (info.type === 'subscription') {
      const lastEventId = readLastEventId(http.request, target.query);
      await handleSubscription(http, call, { lastEventId, contextError });
    } else await respondCall(http, call, contextError);
  } catch (cause) {
    respondFailure(http, cause);
  }
}

/** Returns the error of `createContext`: as in tRPC, it fails each call rather than the request. */
async function createContext(http: RequestResponse, info: TRPCRequestInfo): Promise<TRPCError | undefined> {
  try {
    const { request: req, nodeResponse: res, settings } = http;
    http.context = await settings.createContext({ req, res, info });
    return undefined;
  } catch (cause) {
    return getTRPCErrorFromUnknown(cause);
  }
}

/**
 * Responds to a request that failed as a whole: it could not be parsed, or its results could not be sent.
 * @throws whatever responseMeta, errorFormatter or the transformer throw
 */
function respondFailure(http: RequestResponse, cause: unknown): void {
  const error = getTRPCErrorFromUnknown(cause);
  const origin: ErrorOrigin = { path: undefined, input: undefined, type: http.info?.type ?? 'unknown' };
  http.report(error, origin);
  const shape = http.errorShape(error, origin);
  const body = JSON.stringify({ error: http.settings.serialize(shape) });
  sendText(http, responseHead(http, { responses: [{ error: shape }], errors: [error] }), body);
}
