import type { OutgoingHttpHeaders } from 'node:http';
import type { NodeRequest } from '../node-http.ts';

const headers: OutgoingHttpHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

export function streamHeaders({ httpVersionMajor }: NodeRequest): OutgoingHttpHeaders {
  // HTTP/2 has no such header, and node warns about it.
  return httpVersionMajor < 2 ? { ...headers, connection: 'keep-alive' } : headers;
}
