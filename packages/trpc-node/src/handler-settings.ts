// The options of a handler with their defaults filled in. All its requests share them.
import type { AnyTRPCRouter } from '@trpc/server';
import type { NodeHTTPCreateContextFnOptions, NodeHTTPHandlerOptions } from '@trpc/server/adapters/node-http';
import type { HTTPErrorHandler, ResponseMetaFn } from '@trpc/server/http';
import type { NodeHandlerOptions, OutputSerializer } from './node-handler-options.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import { SharedFrames } from './sse/event-encoder.ts';
import { pingFrame } from './sse/frames.ts';
import { StreamRegistry } from './sse/stream-registry.ts';

/** The argument of `onError`. */
export type ErrorDetails = Parameters<HTTPErrorHandler<AnyTRPCRouter, NodeRequest>>[0];

type Middleware = NonNullable<NodeHTTPHandlerOptions<AnyTRPCRouter, NodeRequest, NodeResponse>['middleware']>;

/**
 * `createContext`, `onError` and `middleware` are methods so that functions for one kind of request are assignable: a handler gets no
 * other kind.
 */
export interface HandlerSettings {
  router: AnyTRPCRouter;
  config: AnyTRPCRouter['_def']['_config'];
  /** With a slash at both ends. */
  basePath: string;
  createContext(options: NodeHTTPCreateContextFnOptions<NodeRequest, NodeResponse>): unknown;
  /** Does not throw. */
  onError(details: ErrorDetails): void;
  middleware?(...parameters: Parameters<Middleware>): void;
  responseMeta: ResponseMetaFn<AnyTRPCRouter> | undefined;
  allowMethodOverride: boolean;
  allowBatching: boolean;
  maxBatchSize: number;
  maxBodySize: number;
  /** Streams end after their first event (`sse.emitAndEndImmediately`). tRPC's own adapter serves such a router. */
  isServerless: boolean;
  maxQueuedEvents: number;
  reconnectMs: number | undefined;
  serialize: OutputSerializer;
  streams: StreamRegistry;
  sharedFrames: SharedFrames;
}

const DEFAULT_MAX_BODY_SIZE = 1_000_000;
const DEFAULT_MAX_QUEUED_EVENTS = 1_000;
/** tRPC's default. */
const DEFAULT_PING_MS = 1_000;

const OPTION_NAMES: ReadonlySet<string> = new Set<
  keyof NodeHandlerOptions<AnyTRPCRouter, NodeRequest, NodeResponse>
>([
  'router',
  'basePath',
  'createContext',
  'onError',
  'middleware',
  'responseMeta',
  'allowMethodOverride',
  'allowBatching',
  'maxBatchSize',
  'maxBodySize',
  'serialize',
  'sse',
]);

/** @throws Error if an option is unknown, or if clients would give up on a stream before its next ping */
export function resolveSettings<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest,
  TResponse extends NodeResponse,
>(options: NodeHandlerOptions<TRouter, TRequest, TResponse>): HandlerSettings {
  refuseUnknownOptions(options);
  const config: HandlerSettings['config'] = options.router._def._config;
  const { output } = config.transformer;
  const { createContext, onError, responseMeta, middleware } = options;
  return {
    config,
    router: options.router,
    basePath: `/${options.basePath ?? ''}/`.replace(/^\/+|\/+$/g, '/'),
    createContext: createContext ?? (() => undefined),
    onError: onError === undefined ? () => {} : guarded(onError),
    ...(middleware !== undefined && { middleware }),
    responseMeta: responseMeta === undefined ? undefined : (details) => responseMeta(details),
    allowMethodOverride: options.allowMethodOverride ?? false,
    allowBatching: options.allowBatching ?? true,
    maxBatchSize: options.maxBatchSize ?? Infinity,
    maxBodySize: options.maxBodySize ?? DEFAULT_MAX_BODY_SIZE,
    serialize: options.serialize ?? ((value) => output.serialize(value)),
    isServerless: config.sse?.emitAndEndImmediately ?? false,
    maxQueuedEvents: options.sse?.maxQueuedEvents ?? DEFAULT_MAX_QUEUED_EVENTS,
    reconnectMs: options.sse?.reconnectMs,
    sharedFrames: new SharedFrames(),
    streams: new StreamRegistry({
      maxStallMs: options.sse?.maxStallMs,
      ping: { intervalMs: pingMs(config.sse), frame: pingFrame },
    }),
  };
}

/** Ignored, a misspelled or missing option could leave a server open: its body limit or its CORS middleware would be off. */
function refuseUnknownOptions(options: object): void {
  const unknown = Object.keys(options).filter((name) => !OPTION_NAMES.has(name));
  if (unknown.length === 0) return;
  throw new Error(
    `createNodeHandler has no option ${unknown.join(', ')}. Its options are ${[...OPTION_NAMES].join(', ')}.`,
  );
}

/** An error handler that throws must neither cost the client its response nor end the process. */
function guarded<TDetails>(onError: (details: TDetails) => void): (details: TDetails) => void {
  return (details) => {
    try {
      onError(details);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}

function pingMs(sse: HandlerSettings['config']['sse']): number {
  const intervalMs = sse?.ping?.intervalMs ?? DEFAULT_PING_MS;
  if (sse?.ping?.enabled !== true || intervalMs <= 0) return Infinity;
  const reconnectAfterMs = sse.client?.reconnectAfterInactivityMs || Infinity;
  if (intervalMs > reconnectAfterMs) {
    throw new Error(
      `sse.ping.intervalMs (${intervalMs}) must not be longer than sse.client.reconnectAfterInactivityMs (${reconnectAfterMs})`,
    );
  }
  return intervalMs;
}
