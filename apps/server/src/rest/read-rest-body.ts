import type { IncomingMessage } from 'node:http';
import { readBody } from '@parley/trpc-node';

/**
 * Reads the body of a REST request. An error for a body that is too large names the limit.
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST if the client disconnects before the end
 */
export function readRestBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return readBody(request, maxBytes, `The body is larger than the limit of ${maxBytes} bytes.`);
}
