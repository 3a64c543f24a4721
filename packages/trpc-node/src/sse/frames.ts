// tRPC's frames. Each ends in three line feeds where two would do, as tRPC's own adapters write it.
import type { AnyTRPCRouter } from '@trpc/server';

type ClientOptions = NonNullable<AnyTRPCRouter['_def']['_config']['sse']>['client'];

export const pingFrame = 'event: ping\ndata: \n\n\n';

/** Tells the client that the stream is complete; without it, an EventSource connects again. */
export const returnFrame = 'event: return\ndata: \n\n\n';

/**
 * Goes in front of the first frame: how long a client waits before it connects again; left out, EventSource takes its own
 * 3 seconds. Each is told another time, so that the clients of a server that stops do not all come to the next at once.
 */
export function retryField(reconnectMs: number | undefined): string {
  return reconnectMs === undefined ? '' : `retry: ${Math.round(reconnectMs * (1 + Math.random()))}\n`;
}

export function connectedFrame(client: ClientOptions): string {
  return `event: connected\ndata: ${JSON.stringify(client ?? {})}\n\n\n`;
}

/** @param shape after the transformer */
export function errorFrame(shape: unknown): string {
  return `event: serialized-error\ndata: ${JSON.stringify(shape)}\n\n\n`;
}
