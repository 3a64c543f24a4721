import { bytesOutput, type BytesResponse } from '@parley/api';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';

/** Responds with a file, or with 304 to a client that has it. */
export async function respondBytes(
  rest: RestRequest,
  { fileName }: BytesResponse,
  readInput: ReadInput,
): Promise<void> {
  const { request, response } = rest;
  const { contentType, etag, bytes } = bytesOutput.parse(await callRoute(rest, readInput));
  const quotedEtag = `"${etag}"`;
  // The browser revalidates each time, so a user who has lost access does not see the cached file.
  response.setHeader('cache-control', 'private, no-cache');
  response.setHeader('etag', quotedEtag);
  if (matchesEtag(request.headers['if-none-match'], quotedEtag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': bytes.length,
    'content-disposition': `inline; filename="${fileName}"`,
  });
  response.end(bytes);
}

/** RFC 9110, section 13.1.2: weak comparison. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  const entries = (ifNoneMatch ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  return entries.some((entry) => entry === etag || entry === '*');
}
