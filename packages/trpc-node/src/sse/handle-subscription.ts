// Starts a subscription: calls its procedure, sends the head of the response, and streams the events.
import type { TRPCError } from '@trpc/server';
import { callProcedure } from '../call/call-procedure.ts';
import type { RequestResponse } from '../request-response.ts';
import { callOrigin, type ProcedureCall } from '../request/procedure-call.ts';
import { responseHead } from '../respond.ts';
import { EventEncoder } from './event-encoder.ts';
import { connectedFrame, eventStreamHeaders, retryField } from './frames.ts';
import { ResponseStream } from './response-stream.ts';
import { StreamFailures, streamEvents } from './stream-events.ts';
import { subscriptionEvents } from './subscription-events.ts';

export interface SubscriptionStart {
  /** The id of the last event that the client received. */
  lastEventId: string | null;
  /** The error of createContext. */
  contextError: TRPCError | undefined;
}

/** @throws whatever responseMeta throws; later errors are sent as events */
export async function handleSubscription(
  http: RequestResponse,
  call: ProcedureCall,
  { lastEventId, contextError }: SubscriptionStart,
): Promise<void> {
  const outcome = await callProcedure(http, call, contextError);
  const { settings, signal } = http;
  const stream = openStream(http);
  const failures = new StreamFailures(http, callOrigin(call), stream);
  if (outcome.error !== undefined) {
    failures.send(outcome.error);
    return;
  }

  try {
    const events = subscriptionEvents(outcome.data, call.path, http);
    const { serialize, sharedFrames, config } = settings;
    const encoder = new EventEncoder({ serialize, lastEventId, sharedFrames });
    if (config.sse?.maxDurationMs) abortAfter(http, config.sse.maxDurationMs);
    // Not awaited, and `info` is released: an idle stream then holds half the memory.
    http.info = undefined;
    void streamEvents(events, { stream, encoder, failures, signal });
  } catch (cause) {
    failures.handle(cause);
  }
}

function abortAfter(http: RequestResponse, durationMs: number): void {
  const timer = setTimeout(() => http.abort(), durationMs);
  http.response.on('close', () => clearTimeout(timer));
}

function openStream(http: RequestResponse): ResponseStream {
  const { settings, request, response } = http;
  // HTTP/2 has no `connection` header, and node warns about it.
  const headers =
    request.httpVersionMajor < 2 ? { ...eventStreamHeaders, connection: 'keep-alive' } : eventStreamHeaders;
  const head = responseHead(http, { responses: undefined, errors: [] }, headers);
  response.writeHead(response.statusCode === 200 ? head.status : response.statusCode, head.headers);
  const stream = new ResponseStream(http, settings.streams);
  stream.write(retryField(settings.reconnectMs) + connectedFrame(settings.config.sse?.client));
  return stream;
}
