import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import { answerBatch, answerCall } from './answer-calls.ts';
import { answerFailure } from './answer-failure.ts';
import type { Exchange } from './exchange.ts';
import type { RequestTarget } from './request/parse-target.ts';
import { readLastEventId } from './request/read-last-event-id.ts';
import { readRequestInfo } from './request/read-request-info.ts';
import { answerSubscription } from './sse/answer-subscription.ts';

/** @throws only what could not be answered: where responseMeta, errorFormatter or the transformer fail on errors, too */
export async function answerRequest(exchange: Exchange, target: RequestTarget): Promise<void> {
  try {
    const info = await readRequestInfo(exchange, target);
    exchange.info = info;
    if (info.isBatchCall && !exchange.settings.allowBatching) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batching is not enabled on the server' });
    }
    const failedContext = await createContext(exchange, info);
    const [call] = info.calls;
    if (info.isBatchCall || call === undefined) await answerBatch(exchange, info, failedContext);
    else if (info.type === 'subscription') {
      const lastEventId = readLastEventId(exchange.request, target.query);
      await answerSubscription(exchange, call, { lastEventId, failedContext });
    } else await answerCall(exchange, call, failedContext);
  } catch (cause) {
    answerFailure(exchange, cause);
  }
}

/** Gives what createContext threw: it fails each call, not the request, so that the client finds it where it looks. */
async function createContext(exchange: Exchange, info: TRPCRequestInfo): Promise<TRPCError | undefined> {
  try {
    const { request: req, nodeResponse: res, settings } = exchange;
    exchange.context = await settings.createContext({ req, res, info });
    return undefined;
  } catch (cause) {
    return getTRPCErrorFromUnknown(cause);
  }
}
