// A thread that sends requests and reads the responses, so that the client's work does not count as the server's.
import { request } from 'node:http';
import { parentPort } from 'node:worker_threads';

export interface ThreadRequest {
  url: string;
  headers: Record<string, string>;
  /** Sent with POST; a request without it is a GET. */
  body: Uint8Array | undefined;
}

export interface ThreadResponse {
  /** 0 if there was none. */
  status: number;
  /** The length of the body. */
  bytes: number;
}

parentPort?.on('message', ({ url, headers, body }: ThreadRequest) => {
  const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false });
  sent.on('response', (response) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.on('close', () => answer({ status: response.statusCode ?? 0, bytes }));
  });
  sent.on('error', () => answer({ status: 0, bytes: 0 }));
  sent.end(body);
});

function answer(response: ThreadResponse): void {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(response);
}
