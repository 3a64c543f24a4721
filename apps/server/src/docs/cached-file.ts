import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { sendJson } from '../send-json.ts';

interface CachedFile {
  body: Buffer;
  compressed: Buffer;
  etag: string;
}

/**
 * Serves a text that does not change while the server runs. The first request makes it; later ones reuse it, compressed,
 * and clients revalidate their copy with its ETag.
 */
export function cachedFile(
  contentType: string,
  make: () => string | Promise<string>,
): (request: IncomingMessage, response: ServerResponse) => void {
  let cached: Promise<CachedFile> | undefined;

  return (request, response) => void send(request, response);

  async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (refuseMethod(request, response)) return;
    const { body, compressed, etag } = await (cached ??= compress(make));
    response.setHeader('etag', etag);
    response.setHeader('vary', 'accept-encoding');
    response.setHeader('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    response.writeHead(200, {
      'content-type': contentType,
      'content-length': (isCompressed ? compressed : body).length,
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(isCompressed ? compressed : body);
  }
}

/** @returns true if the method was not GET or HEAD, and the response says so */
export function refuseMethod(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  response.setHeader('allow', 'GET, HEAD');
  sendJson(response, 405, { reason: 'METHOD_NOT_SUPPORTED', message: 'This path takes GET, HEAD.' });
  return true;
}

async function compress(make: () => string | Promise<string>): Promise<CachedFile> {
  const body = Buffer.from(await make());
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, compressed: await promisify(gzip)(body), etag };
}
