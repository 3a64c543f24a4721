// The start of a subscription: the procedure is called, the head is sent, and its events begin to flow.
import type { TRPCError } from '@trpc/server';
import { callProcedure } from '../call/call-procedure.ts';
import type { Exchange } from '../exchange.ts';
import { callOrigin } from '../request/call-origin.ts';
import type { ProcedureCall } from '../request/create-call.ts';
import { responseHead } from '../response-head.ts';
import { EventEncoder } from './event-encoder.ts';
import { EventStream } from './event-stream.ts';
import { connectedFrame, retryField } from './frames.ts';
import { streamEvents } from './stream-events.ts';
import { StreamFailures } from './stream-failures.ts';
import { streamHeaders } from './stream-headers.ts';
import { subscriptionEvents } from './subscription-events.ts';

export interface SubscriptionStart {
  /** The id of the last event that the client received. */
  lastEventId: string | null;
  /** What createContext threw. */
  failedContext: TRPCError | undefined;
}

/** @throws whatever responseMeta throws; what goes wrong later becomes an event */
export async function answerSubscription(
  exchange: Exchange,
  call: ProcedureCall,
  { lastEventId, failedContext }: SubscriptionStart,
): Promise<void> {
  const outcome = await callProcedure(exchange, call, failedContext);
  const { settings, signal } = exchange;
  const stream = openStream(exchange);
  const failures = new StreamFailures(exchange, callOrigin(call), stream);
  if (outcome.error !== undefined) {
    failures.send(outcome.error);
    return;
  }

  try {
    const events = subscriptionEvents(outcome.data, call.path, exchange);
    const { serialize, streams, config } = settings;
    const encoder = new EventEncoder({ serialize, lastEventId, shared: streams.frames });
    if (config.sse?.maxDurationMs) abortAfter(exchange, config.sse.maxDurationMs);
    // All that led here is forgotten while the stream lasts: that halves what it holds. So it is not awaited either.
    exchange.info = undefined;
    void streamEvents(events, { stream, encoder, failures, signal });
  } catch (cause) {
    failures.take(cause);
  }
}

function abortAfter(exchange: Exchange, durationMs: number): void {
  const timer = setTimeout(() => exchange.abort(), durationMs);
  exchange.response.on('close', () => clearTimeout(timer));
}

function openStream(exchange: Exchange): EventStream {
  const { settings, request, response } = exchange;
  const head = responseHead(exchange, { responses: undefined, errors: [] }, streamHeaders(request));
  response.writeHead(response.statusCode === 200 ? head.status : response.statusCode, head.headers);
  const stream = new EventStream(exchange, settings.streams);
  stream.write(retryField(settings.reconnectMs) + connectedFrame(settings.config.sse?.client));
  return stream;
}
