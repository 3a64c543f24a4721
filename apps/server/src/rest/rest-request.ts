import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, RestNames, RestRoute } from '@parley/api';
import type { StreamRegistry } from '@parley/trpc-node';

/** One REST request, and all that is needed to respond to it. */
export interface RestRequest {
  request: IncomingMessage;
  response: ServerResponse;
  route: RestRoute;
  names: RestNames;
  /** The path's parameters, by the procedure's names for them. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  context: Context;
  /** Aborts when the client disconnects. */
  signal: AbortSignal;
  /** The event streams of this server. */
  eventStreams: StreamRegistry;
}
