import type { Exchange } from './exchange.ts';
import type { ResponseHead } from './response-head.ts';

/** Answers with a whole body. A status that was set on the response itself, by createContext for one, stands. */
export function sendText({ response }: Exchange, { status, headers }: ResponseHead, body: string): void {
  if (response.headersSent) {
    response.end('', 'utf8');
    return;
  }
  const bytes = Buffer.byteLength(body);
  headers['content-length'] = bytes;
  response.writeHead(response.statusCode === 200 ? status : response.statusCode, headers);
  // As many bytes as characters: ASCII, which costs least as latin1.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
