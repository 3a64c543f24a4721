import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/** A request of node:http, or of node:http2's compatibility API. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** A response of node:http, or of node:http2's compatibility API. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** The methods used here. Both kinds of response have them, but TypeScript cannot call a union of their overloads. */
export interface ResponseWriter {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  write(chunk: string): boolean;
  end(chunk: string, encoding: 'latin1' | 'utf8'): unknown;
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'drain', listener: () => void): unknown;
}
