import { TRPCError } from '@trpc/server';
import type { NodeRequest } from '../node-http.ts';

/** tRPC's own message. */
const TOO_LARGE = 'PAYLOAD_TOO_LARGE';

/**
 * Reads a whole request body. A body over the limit is read to its end and discarded: a client that sends everything
 * before it reads would otherwise never see the refusal. The server's `requestTimeout` bounds how long that takes.
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST if the client disconnects before the end
 */
export function readBody(
  request: NodeRequest,
  maxBytes: number,
  tooLargeMessage = TOO_LARGE,
): Promise<Buffer> {
  if (request.headers['content-length'] === '0') return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSettled = false;
    // The listeners stay: without one for `data`, the rest of the body would never be read.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
      } else if (!isSettled) {
        isSettled = true;
        chunks.length = 0;
        reject(new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: tooLargeMessage }));
      }
    });
    request.on('end', () => {
      if (isSettled) return;
      isSettled = true;
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    const onClose = (): void => {
      if (isSettled) return;
      isSettled = true;
      reject(
        new TRPCError({
          code: 'CLIENT_CLOSED_REQUEST',
          message: 'The client disconnected before it had sent the whole body',
        }),
      );
    };
    request.on('close', onClose);
    if (request.destroyed) onClose();
  });
}

/** Decodes as `Request.text()` does: without the byte order mark. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
