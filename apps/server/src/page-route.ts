// Serves the web page at all paths without a route. Its files have content hashes in their names, so browsers cache them
// for ever; they revalidate index.html each time.
import { globSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import send from 'send';
import type { Route } from './edge/route.ts';
import { sendJson } from './send-json.ts';

const INDEX = '/index.html';
/** The folder of files with content hashes in their names. */
const HASHED = '/assets/';
const KEEP = 'public, max-age=31536000, immutable';
/** A missing path under these is a program's mistake, not a route of the page. */
const OF_PROGRAMS = /^\/(api|trpc|assets|diagrams)(\/|$)/;

/** @param dir the folder of the built page; undefined if it was not built */
export function pageRoutes(dir: string | undefined): Route[] {
  if (dir === undefined) return [{ path: /\/.*/, handle: respondWithoutPage }];
  // Listed once: a request can only name files of the build, and nothing else on the disk.
  const files = new Set(globSync('**/*', { cwd: dir }).map((file) => `/${file.replaceAll(path.sep, '/')}`));
  const handle: Route['handle'] = (request, response) => {
    const file = findFile(request, files);
    if (file === undefined) respondNotFound(response);
    else sendFile(request, response, { dir, file, files });
  };
  return [
    { path: '/diagrams/', kind: 'diagrams', handle },
    { path: /\/.*/, kind: 'page', handle },
  ];
}

function findFile({ method, url = '/', headers }: IncomingMessage, files: Set<string>): string | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [asked = '/'] = url.split('?', 1);
  if (files.has(asked) && path.extname(asked) !== '') return asked;
  // The page has its own router for paths such as `/c/...`.
  return isNavigation(asked, headers) ? INDEX : undefined;
}

/** Whether a browser navigates to a page. The start page is also for probes and link previews, which accept anything. */
function isNavigation(asked: string, { accept = '*/*' }: IncomingMessage['headers']): boolean {
  if (accept.includes('text/html')) return !OF_PROGRAMS.test(asked);
  return asked === '/' && !accept.includes('json');
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { dir, file, files }: { dir: string; file: string; files: Set<string> },
): void {
  const { extension, encoding } = compressionOf(request, file, files);
  send(request, `${file}${extension}`, {
    root: dir,
    index: false,
    cacheControl: false,
    acceptRanges: extension === '',
  })
    .on('headers', () => {
      response.setHeader('cache-control', file.startsWith(HASHED) ? KEEP : 'no-cache');
      response.setHeader('vary', 'accept-encoding');
      if (encoding === undefined) return;
      response.setHeader('content-encoding', encoding);
      response.setHeader('content-type', CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream');
    })
    .on('error', () => respondNotFound(response))
    .pipe(response);
}

/** Content types of the files that the build compresses. */
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

function compressionOf(
  { headers }: IncomingMessage,
  file: string,
  files: Set<string>,
): { extension: '' | '.br' | '.gz'; encoding?: 'br' | 'gzip' } {
  const accepted = headers['accept-encoding'] ?? '';
  if (/\bbr\b/.test(accepted) && files.has(`${file}.br`)) return { extension: '.br', encoding: 'br' };
  if (/\bgzip\b/.test(accepted) && files.has(`${file}.gz`)) return { extension: '.gz', encoding: 'gzip' };
  return { extension: '' };
}

function respondNotFound(response: ServerResponse): void {
  sendJson(response, 404, { message: 'There is nothing at this path.' });
}

/** A program hears the same as with the page; who asked for the page hears how to get it. */
function respondWithoutPage({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
  const [asked = '/'] = url.split('?', 1);
  if (asked !== '/' && !isNavigation(asked, headers)) {
    respondNotFound(response);
    return;
  }
  sendJson(response, 404, {
    message: 'The web page was not built. Run `npm run build`, then restart the server.',
    trpc: '/trpc',
    health: '/healthz',
    readiness: '/readyz',
  });
}
