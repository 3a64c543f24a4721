import { exportOutput, type ExportResponse } from '@parley/api';
import { ResponseStream, splitText, StreamRegistry } from '@parley/trpc-node';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';

const streams = new StreamRegistry();

/** A message may have megabytes. */
const CHARS_AT_ONCE = 262_144;

/** Responds with a download, and reads each piece once the client has taken the one before. */
export async function respondExport(
  rest: RestRequest,
  { fileName, formats }: ExportResponse,
  readInput: ReadInput,
): Promise<void> {
  const { query, response, signal } = rest;
  let piece = exportOutput.parse(await callRoute(rest, readInput));
  const [defaultFormat] = Object.keys(formats);
  const format = formats[query.get('format') ?? defaultFormat ?? ''];
  if (format === undefined) throw new Error(`${rest.route.procedurePath} declares no such format`);
  response.writeHead(200, {
    'content-type': `${format.mediaType}; charset=utf-8`,
    'content-disposition': `attachment; filename="${fileName}.${format.extension}"`,
    'cache-control': 'no-store',
  });
  const stream = new ResponseStream({ response, signal }, streams);
  while (!stream.isEnded) {
    for (const text of splitText(piece.text, CHARS_AT_ONCE)) {
      stream.write(text);
      await stream.whenReady();
    }
    if (piece.nextCursor === null) break;
    const { nextCursor: cursor } = piece;
    const next = async (): Promise<object> => Object.assign({}, await readInput(), { cursor });
    piece = exportOutput.parse(await callRoute(rest, next));
  }
  stream.end();
}
