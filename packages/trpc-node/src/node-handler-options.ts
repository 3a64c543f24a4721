import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPHandlerOptions } from '@trpc/server/adapters/node-http';
import type { NodeRequest, NodeResponse } from './node-http.ts';

/** Limits on streams. The contents of a stream (`ping`, `client`, `maxDurationMs`) are the router's own `sse` settings. */
export interface StreamLimits {
  /** A reader that takes no data for this long is disconnected; it reconnects and resumes from its cursor. Default 30 s. */
  maxStallMs?: number;
  /**
   * An observable knows no backpressure, so events wait in a queue for a slow reader. A reader with more events than this
   * in its queue is disconnected. Default 1,000.
   */
  maxQueuedEvents?: number;
  /**
   * How long a client waits before it reconnects: a random time from this to twice as long, so that clients do not all
   * reconnect at once. Sent as the `retry` field, which tRPC's own adapters leave out. Default: not sent; EventSource
   * then waits 3 s.
   */
  reconnectMs?: number;
}

export interface OutputSerializer {
  (value: unknown): unknown;
  /** Serializes a large value without holding the event loop for long. */
  inSlices?: (value: unknown) => Promise<unknown>;
}

/** A request listener with a method that closes its streams. */
export interface NodeHandler<TRequest extends NodeRequest, TResponse extends NodeResponse> {
  (request: TRequest, response: TResponse): void;
  /**
   * For a server that shuts down: ends all streams, and every later one, after the events written so far and without
   * tRPC's `return` event. Clients therefore reconnect and resume after the last event they received.
   */
  closeStreams(): void;
}

/**
 * The options of tRPC's own adapters, and some more. `maxBodySize` has a default, 1,000,000 bytes. `onError` is called once
 * for each error, and must not throw: an error that it throws becomes a process warning.
 */
export type NodeHandlerOptions<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest,
  TResponse extends NodeResponse,
> = {
  /** The path under which the router is mounted, such as `/trpc/`. Other paths get NOT_FOUND. Default `/`. */
  basePath?: string;
  /**
   * A faster version of the router's transformer for outputs: see `superjsonSerializer`. It must return what
   * `transformer.serialize` returns, or a value that JSON.stringify writes identically.
   */
  serialize?: OutputSerializer;
  sse?: StreamLimits;
} & NodeHTTPHandlerOptions<TRouter, TRequest, TResponse>;
