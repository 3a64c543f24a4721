import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPCreateContextFnOptions } from '@trpc/server/adapters/node-http';
import type { HTTPErrorHandler, ResponseMetaFn } from '@trpc/server/http';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import type { OpenStreams } from './sse/open-streams.ts';

/** What `onError` is told. */
export type ErrorDetails = Parameters<HTTPErrorHandler<AnyTRPCRouter, NodeRequest>>[0];

/**
 * The options of a handler, with their defaults; the same for all its requests. `createContext` and `onError` are methods
 * so that those for one kind of request fit: a handler is given no other kind.
 */
export interface HandlerSettings {
  router: AnyTRPCRouter;
  config: AnyTRPCRouter['_def']['_config'];
  /** With a slash at both ends. */
  basePath: string;
  createContext(options: NodeHTTPCreateContextFnOptions<NodeRequest, NodeResponse>): unknown;
  /** Does not throw. */
  onError(details: ErrorDetails): void;
  responseMeta: ResponseMetaFn<AnyTRPCRouter> | undefined;
  allowMethodOverride: boolean;
  allowBatching: boolean;
  maxBatchSize: number;
  maxBodyBytes: number;
  /** Streams end after their first event: not for a server that stays, and left to tRPC's own adapter. */
  isServerless: boolean;
  maxQueuedEvents: number;
  reconnectMs: number | undefined;
  serialize: (value: unknown) => unknown;
  streams: OpenStreams;
}
