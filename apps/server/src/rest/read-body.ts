import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';

/**
 * The whole body. Past the limit it goes on reading, and forgets what it reads: a client that sends first and reads
 * afterwards would never see the refusal otherwise. How long that may take is the server's `requestTimeout`.
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST where the client leaves before the end
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(
        new TRPCError({
          code: 'PAYLOAD_TOO_LARGE',
          message: `The body has more than the ${maxBytes} bytes that are allowed here.`,
        }),
      );
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    const onClose = (): void =>
      reject(
        new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client left before it had sent all' }),
      );
    request.on('close', onClose);
    if (request.destroyed) onClose();
  });
}
