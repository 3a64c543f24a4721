import type { AnyTRPCRouter } from '@trpc/server';
import type { HandlerSettings } from './handler-settings.ts';
import type { NodeHandlerOptions } from './node-handler-options.ts';
import type { NodeRequest, NodeResponse } from './node-http.ts';
import { OpenStreams } from './sse/open-streams.ts';

const DEFAULT_MAX_BODY_BYTES = 1_000_000;
const DEFAULT_MAX_STALL_MS = 30_000;
const DEFAULT_MAX_QUEUED_EVENTS = 1_000;
/** tRPC's. */
const DEFAULT_PING_MS = 1_000;

/** @throws Error where clients would give up on a stream before its next ping */
export function resolveSettings<
  TRouter extends AnyTRPCRouter,
  TRequest extends NodeRequest,
  TResponse extends NodeResponse,
>(options: NodeHandlerOptions<TRouter, TRequest, TResponse>): HandlerSettings {
  const config: HandlerSettings['config'] = options.router._def._config;
  const { output } = config.transformer;
  const { createContext, onError, responseMeta } = options;
  return {
    config,
    router: options.router,
    basePath: `/${options.basePath ?? ''}/`.replace(/^\/+|\/+$/g, '/'),
    createContext: createContext ?? (() => undefined),
    onError: onError === undefined ? () => {} : guarded(onError),
    responseMeta: responseMeta === undefined ? undefined : (details) => responseMeta(details),
    allowMethodOverride: options.allowMethodOverride ?? false,
    allowBatching: options.allowBatching ?? true,
    maxBatchSize: options.maxBatchSize ?? Infinity,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    serialize: options.serialize ?? ((value) => output.serialize(value)),
    isServerless: config.sse?.emitAndEndImmediately ?? false,
    maxQueuedEvents: options.sse?.maxQueuedEvents ?? DEFAULT_MAX_QUEUED_EVENTS,
    reconnectMs: options.sse?.reconnectMs,
    streams: new OpenStreams({
      pingMs: pingMs(config.sse),
      maxStallMs: options.sse?.maxStallMs ?? DEFAULT_MAX_STALL_MS,
    }),
  };
}

/** What a handler of errors throws must cost neither the client its answer nor the process its life. */
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
