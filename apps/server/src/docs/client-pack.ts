// /client.tgz: the typed client of this version, as `npm run pack` writes it, for `npm install http://<server>/client.tgz`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sendJson } from '../send-json.ts';
import { refuseMethod } from './cached-file.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The tarball has the version of the repository in its name, so an older client is never served. */
export function clientPackFile(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, 'packs', `parley-client-${version}.tgz`);
}

/** Reads the file at each request: it is small, rarely asked for, and may be made while the server runs. */
export function sendClientPack(file: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (refuseMethod(request, response)) return;
    void readFile(file).then(
      (tarball) => {
        const etag = `"${createHash('sha256').update(tarball).digest('base64url').slice(0, 22)}"`;
        response.setHeader('etag', etag);
        response.setHeader('cache-control', 'no-cache');
        if (request.headers['if-none-match'] === etag) {
          response.writeHead(304).end();
          return;
        }
        response.writeHead(200, { 'content-type': 'application/gzip', 'content-length': tarball.length });
        response.end(tarball);
      },
      () => {
        sendJson(response, 404, {
          message: 'The client was not packed. Run `npm run pack` where the server is installed.',
        });
      },
    );
  };
}
