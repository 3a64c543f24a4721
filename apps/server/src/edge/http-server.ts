// The socket's own limits: how long a client may take to say what it wants, and to take what it is given.
import { createServer, type RequestListener, type Server } from 'node:http';

export interface HttpLimits {
  /** From the first byte of a request to the end of its headers. */
  headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  requestTimeoutMs: number;
  /** How long an unused connection is kept. Longer than proxies keep theirs (60 s): none is closed that one is about to use. */
  keepAliveTimeoutMs: number;
  /** Nothing sent and nothing taken for so long: longer than any agent is waited for, and than streams are silent. */
  idleTimeoutMs: number;
  /** How often the timeouts of requests are looked at. */
  checkIntervalMs: number;
  maxHeaderBytes: number;
}

export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  idleTimeoutMs: 300_000,
  checkIntervalMs: 5_000,
  maxHeaderBytes: 16_384,
};

export function createHttpServer(handle: RequestListener, limits: HttpLimits = defaultHttpLimits): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: limits.maxHeaderBytes,
    },
    handle,
  );
  server.timeout = limits.idleTimeoutMs;
  return server;
}
