// The HTTP server with its timeouts and header limit, against slow and stalled clients.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

export interface HttpLimits {
  /** From the first byte of a request to the end of its headers. */
  headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  requestTimeoutMs: number;
  /** Keep-alive timeout. Longer than that of proxies (60 s), so that no connection closes just as a proxy uses it. */
  keepAliveTimeoutMs: number;
  /** Idle timeout of a socket, except while a call works on its response: the test of an agent takes as long as the agent. */
  idleTimeoutMs: number;
  /** How often Node.js checks the timeouts of requests. */
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
    (request, response) => {
      // Node.js closes an idle socket itself only if nothing listens to the event.
      response.on('timeout', (socket: Socket) => {
        if (response.headersSent) socket.destroy();
      });
      handle(request, response);
    },
  );
  server.timeout = limits.idleTimeoutMs;
  return server;
}
