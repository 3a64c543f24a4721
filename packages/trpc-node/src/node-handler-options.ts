import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPCreateContextOption } from '@trpc/server/adapters/node-http';
import type { HTTPBaseHandlerOptions } from '@trpc/server/http';
import type { NodeRequest, NodeResponse } from './node-http.ts';

/** Limits on streams. What the streams say (`ping`, `client`, `maxDurationMs`) is the router's own `sse` setting. */
export interface StreamLimits {
  /** A reader that takes nothing for this long is cut off; it reconnects and resumes from its cursor. Default 30 s. */
  maxStallMs?: number;
  /**
   * An observable cannot be asked to wait, so what its reader has not taken yet is kept. A reader with more events than
   * this outstanding is cut off. Default 1,000.
   */
  maxQueuedEvents?: number;
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
