// tRPC's frames. Each ends in three line feeds where two would do, as tRPC's own adapters write it.
import type { AnyTRPCRouter } from '@trpc/server';

type ClientOptions = NonNullable<AnyTRPCRouter['_def']['_config']['sse']>['client'];

export const pingFrame = 'event: ping\ndata: \n\n\n';

/** Tells the client that the stream is complete; without it, an EventSource connects again. */
export const returnFrame = 'event: return\ndata: \n\n\n';

export function connectedFrame(client: ClientOptions): string {
  return `event: connected\ndata: ${JSON.stringify(client ?? {})}\n\n\n`;
}

/** @param shape after the transformer */
export function errorFrame(shape: unknown): string {
  return `event: serialized-error\ndata: ${JSON.stringify(shape)}\n\n\n`;
}
