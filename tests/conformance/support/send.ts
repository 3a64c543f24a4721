import { request as httpRequest } from 'node:http';
import type { ServedRouter } from './serve-both.ts';

export interface TestRequest {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

export interface TestResponse {
  status: number | undefined;
  /** Without the date and the headers that concern the connection. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Headers outside tRPC's protocol: framing and date. */
const connectionHeaders = new Set(['date', 'keep-alive', 'transfer-encoding', 'content-length']);

/**
 * Sends one request on a new connection.
 * @param untilText disconnects once the body contains this text, and drops everything after it
 */
export function send(
  { port }: Pick<ServedRouter, 'port'>,
  { method = 'GET', path, headers = {}, body }: TestRequest,
  untilText?: string,
): Promise<TestResponse> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        const toResponse = (received: Buffer): TestResponse => ({
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
          resolve(toResponse(received.subarray(0, start + Buffer.byteLength(untilText))));
          request.destroy();
        });
        response.on('end', () => resolve(toResponse(Buffer.concat(chunks))));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
