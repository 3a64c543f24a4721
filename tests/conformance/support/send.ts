import { request as httpRequest } from 'node:http';
import type { ServedRouter } from './serve-both.ts';

export interface TestRequest {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export interface TestAnswer {
  status: number | undefined;
  /** But for those that are about the connection, and the date. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** How the body is framed, and when it was sent, is no part of tRPC's protocol. */
const connectionHeaders = new Set(['date', 'keep-alive', 'transfer-encoding', 'content-length']);

/**
 * Sends one request on a connection of its own.
 * @param untilText leaves as soon as the body has this in it, and forgets what came after
 */
export function send(
  { port }: Pick<ServedRouter, 'port'>,
  { method = 'GET', path, headers = {}, body }: TestRequest,
  untilText?: string,
): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        const answer = (received: Buffer): TestAnswer => ({
          status: response.statusCode,
          headers: Object.fromEntries(
            Object.entries(response.headers).filter(([name]) => !connectionHeaders.has(name)),
          ),
          body: received.toString(),
        });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (untilText === undefined) return;
          const received = Buffer.concat(chunks);
          const start = received.indexOf(untilText);
          if (start === -1) return;
          resolve(answer(received.subarray(0, start + Buffer.byteLength(untilText))));
          request.destroy();
        });
        response.on('end', () => resolve(answer(Buffer.concat(chunks))));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
