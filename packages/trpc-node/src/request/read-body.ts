import { TRPCError } from '@trpc/server';
import type { NodeRequest } from '../node-http.ts';

/**
 * The whole body as text. Past the limit it goes on reading, and forgets what it reads: a client that sends first and
 * reads afterwards would never see the refusal otherwise. How long that may take is the server's `requestTimeout`.
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST where the client leaves before the end
 */
export function readBody(request: NodeRequest, maxBytes: number): Promise<string> {
  if (request.headers['content-length'] === '0') return Promise.resolve('');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSettled = false;
    // The listeners stay: without one for `data`, nobody would read the rest.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
      } else if (!isSettled) {
        isSettled = true;
        chunks.length = 0;
        reject(new TRPCError({ code: 'PAYLOAD_TOO_LARGE' }));
      }
    });
    request.on('end', () => {
      if (isSettled) return;
      isSettled = true;
      const [first] = chunks;
      resolve(decode(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)));
    });
    const onClose = (): void => {
      if (isSettled) return;
      isSettled = true;
      reject(
        new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'The client left before it had sent all' }),
      );
    };
    request.on('close', onClose);
    if (request.destroyed) onClose();
  });
}

/** As `Request.text()` decodes: without the byte order mark. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
