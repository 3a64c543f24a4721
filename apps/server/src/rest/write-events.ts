// Writes the events of a run as Server-Sent Events, as fast as the reader takes them.
import { describeError, type ClosedEvent } from '@parley/api';
import { eventStreamHeaders, formatEvent, ResponseStream, retryField } from '@parley/trpc-node';
import { getTRPCErrorFromUnknown, isTrackedEnvelope } from '@trpc/server';
import type { RestRequest } from './rest-request.ts';

type Target = Pick<RestRequest, 'request' | 'response' | 'signal' | 'names' | 'eventStreams'>;

export interface WriteEventsOptions {
  /** How long an EventSource waits before it reconnects. Default: its own. */
  reconnectMs?: number;
  headers?: Record<string, string>;
}

/**
 * The JSON of an event is one line, `data: <JSON>`, so that a script can read the stream line by line. A stream whose
 * reader loses access or has too many streams ends with the event `closed`, which has no id, because it is not the run's.
 * @param events in envelopes of `tracked()`
 * @throws whatever the events throw, if it is an internal error
 */
export async function writeEvents(
  { request, response, signal, names, eventStreams }: Target,
  events: AsyncIterable<unknown>,
  { reconnectMs, headers }: WriteEventsOptions = {},
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  response.writeHead(200, {
    ...eventStreamHeaders,
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
  });
  response.flushHeaders();
  const stream = new ResponseStream({ response, signal }, eventStreams);
  if (request.method === 'HEAD') stream.end();
  if (reconnectMs !== undefined) stream.write(retryField(reconnectMs));
  try {
    while (!stream.isEnded) {
      // The result has no name here: a variable would keep the last event in memory while the stream is idle.
      writeResult(await iterator.next(), stream, names);
      if (stream.isFull) await stream.whenReady();
    }
  } catch (cause) {
    const { message, data } = describeError(getTRPCErrorFromUnknown(cause));
    if (data.reason === 'INTERNAL_ERROR') throw cause;
    const closed: ClosedEvent = { type: 'closed', data: { reason: data.reason, message } };
    stream.end(formatEvent(JSON.stringify(closed)));
  } finally {
    await iterator.return?.();
  }
}

function writeResult(
  result: IteratorResult<unknown>,
  stream: ResponseStream,
  { toOutput }: RestRequest['names'],
): void {
  if (result.done === true) {
    stream.end();
  } else if (isTrackedEnvelope<unknown>(result.value)) {
    const [id, event] = result.value;
    stream.write(formatEvent(JSON.stringify(toOutput(event)), id));
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
