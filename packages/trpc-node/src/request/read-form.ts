// Reads a form. Its parser is given forms of few parts alone: a megabyte of empty files takes it 0.3 s.
import { TRPCError } from '@trpc/server';
import type { NodeRequest } from '../node-http.ts';
import { readBody } from './read-body.ts';

const MAX_PARTS = 20;
/** Of the headers of a part. */
const MAX_HEAD_BYTES = 4_096;

/** The boundary as the only parameter, so that no other reader of the header can find another one. */
const FORM_WITH_BOUNDARY = /^multipart\/form-data\s*;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*$/i;

/**
 * @throws TRPCError PAYLOAD_TOO_LARGE, or CLIENT_CLOSED_REQUEST if the client disconnects before the end
 * @throws TypeError if the body is no form
 */
export async function readForm(
  request: NodeRequest,
  maxBytes: number,
  tooLargeMessage?: string,
): Promise<FormData> {
  const body = await readBody(request, maxBytes, tooLargeMessage);
  const type = request.headers['content-type'] ?? '';
  const [, quoted, plain = quoted] = FORM_WITH_BOUNDARY.exec(type) ?? [];
  if (plain === undefined) throw new TypeError('the media type has no boundary, or other parameters');
  checkParts(body, `--${plain}`);
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

function checkParts(body: Buffer, delimiter: string): void {
  let parts = 0;
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + delimiter.length)) {
    parts += 1;
    const head = body.subarray(at, at + delimiter.length + MAX_HEAD_BYTES);
    const isWhole = head.includes('\r\n\r\n') || head.length < delimiter.length + MAX_HEAD_BYTES;
    if (parts > MAX_PARTS || !isWhole) {
      const message = `A form may have at most ${MAX_PARTS} parts, with headers of at most ${MAX_HEAD_BYTES} bytes each.`;
      throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message });
    }
  }
}
