// The text of Server-Sent Events (WHATWG HTML, section 9.2), and tRPC's own events.
import type { OutgoingHttpHeaders } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';

/** Ends an event. */
const EVENT_END = '\n\n';
/** tRPC's own adapters write one line feed more. */
const TRPC_EVENT_END = '\n\n\n';

export const eventStreamHeaders: OutgoingHttpHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** A comment, which clients ignore: it keeps proxies from closing a silent connection. */
export const pingComment = `: ping${EVENT_END}`;

/** Formats an event. Neither `data` nor `id` may contain a line break; JSON.stringify writes none. */
export function formatEvent(data: string, id?: string, end = EVENT_END): string {
  return id === undefined ? `data: ${data}${end}` : `data: ${data}\nid: ${id}${end}`;
}

export function trpcFrame(data: string, id?: string): string {
  return formatEvent(data, id, TRPC_EVENT_END);
}

function namedFrame(event: string, data: string, id?: string): string {
  return `event: ${event}\n${trpcFrame(data, id)}`;
}

export const pingFrame = namedFrame('ping', '');

/** Completes a stream. Without it, an EventSource reconnects. */
export const returnFrame = namedFrame('return', '');

/** Sets the client's last event id, in an event that tRPC's clients ignore. */
export function restoreIdFrame(id: string): string {
  return namedFrame('restore-id', '', id);
}

type ClientOptions = NonNullable<AnyTRPCRouter['_def']['_config']['sse']>['client'];

export function connectedFrame(client: ClientOptions): string {
  return namedFrame('connected', JSON.stringify(client ?? {}));
}

/** @param shape after the transformer */
export function errorFrame(shape: unknown): string {
  return namedFrame('serialized-error', JSON.stringify(shape));
}

/**
 * Precedes the first frame: how long a client waits before it reconnects. EventSource's own default is 3 s. The time is
 * random, so that the clients of a server that stops do not all reach the next server at once.
 */
export function retryField(reconnectMs: number | undefined): string {
  return reconnectMs === undefined ? '' : `retry: ${Math.round(reconnectMs * (1 + Math.random()))}\n`;
}
