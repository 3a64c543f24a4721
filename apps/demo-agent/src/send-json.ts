import type { ServerResponse } from 'node:http';

/** The whole response at once, with the headers n8n gives to an answer that is not streamed. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Vary: 'Accept-Encoding',
  });
  response.end(body);
}
