import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPCreateContextOption } from '@trpc/server/adapters/node-http';
import type { HTTPBaseHandlerOptions } from '@trpc/server/http';
import type { NodeRequest, NodeResponse } from './node-http.ts';

/**
 * Limits on streams, and how their clients come back. What the streams say besides (`ping`, `client`, `maxDurationMs`) is
 * the router's own `sse` setting.
 */
export interface StreamLimits {
  /** A reader that takes nothing for this long is cut off; it reconnects and resumes from its cursor. Default 30 s. */
  maxStallMs?: number;
  /**
   * An observable cannot be asked to wait, so what its reader has not taken yet is kept. A reader with more events than
   * this outstanding is cut off. Default 1,000.
   */
  maxQueuedEvents?: number;
  /**
   * How long a client that has lost its stream waits before it connects again, at least; at most twice as long, so that not
   * all come at once. Sent as the `retry` field, which tRPC's own adapters leave out. Default: not sent; EventSource
   * then waits 3 s.
   */
  reconnectMs?: number;
}

/** A request listener, which can be told to stop. */
export interface NodeHandler<TRequest extends NodeRequest, TResponse extends NodeResponse> {
  (request: TRequest, response: TResponse): void;
  /**
   * Ends all streams, and those to come, after the events that they have been given, and without tRPC's `return` event: their
   * clients connect again, and resume after the last event they received. For a server that stops.
   */
  closeStreams(): void;
}

/**
 * `router`, `createContext`, `onError`, `responseMeta`, `allowMethodOverride`, `allowBatching` and `maxBatchSize` are
 * those of tRPC's own adapters. `onError` is called once with each error, and must not throw: what it throws becomes a
 * process warning.
 */
export type NodeHandlerOptions<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest,
  TResponse extends NodeResponse,
> = HTTPBaseHandlerOptions<TRouter, TRequest> & {
  /** Where the router is mounted, such as `/trpc/`; any other path is answered with NOT_FOUND. Default `/`. */
  basePath?: string;
  /** A longer request body is refused with PAYLOAD_TOO_LARGE. Default 1,000,000. */
  maxBodyBytes?: number;
  /**
   * What the router's transformer makes of an output, made faster: see `superjsonSerializer`. It must give what
   * `transformer.serialize` gives, or what JSON.stringify writes alike.
   */
  serialize?: (value: unknown) => unknown;
  sse?: StreamLimits;
} & NodeHTTPCreateContextOption<TRouter, TRequest, TResponse>;
