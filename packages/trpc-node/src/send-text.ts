import type { Exchange } from './exchange.ts';
import type { ResponseHead } from './response-head.ts';

/** Answers with a whole body. A status that was set on the response itself, by createContext for one, stands. */
export function sendText({ response }: Exchange, { status, headers }: ResponseHead, body: string): void {
  if (response.headersSent) {
    response.end('');
    return;
  }
  headers['content-length'] = Buffer.byteLength(body);
  response.writeHead(response.statusCode === 200 ? status : response.statusCode, headers);
  response.end(body);
}
