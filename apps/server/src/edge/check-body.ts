// Checks the media type and the declared length of a body. Pages of other origins can send forms, plain text and bytes
// without a preflight, so a route accepts these only if it says so.
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@parley/api';

export const JSON_TYPE = 'application/json';
export const MULTIPART_TYPE = 'multipart/form-data';

export const MAX_BODY_BYTES = 1_000_000;

export interface BodyRules {
  /** Accepted media types, in lower case and without parameters. Default: JSON only. */
  bodyTypes?: readonly string[];
  /** Default: 1,000,000. The reader of the body enforces it if there is no content-length. */
  maxBodyBytes?: number;
}

export function checkBody(
  { headers }: IncomingMessage,
  { bodyTypes = jsonOnly, maxBodyBytes = MAX_BODY_BYTES }: BodyRules,
): DomainError | undefined {
  const length = headers['content-length'];
  const type = headers['content-type'];
  if (type === undefined) {
    if ((length === undefined || length === '0') && headers['transfer-encoding'] === undefined)
      return undefined;
    return new DomainError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The content-type header is missing. Set it to ${bodyTypes.join(' or ')}.`,
    );
  }
  if (!bodyTypes.includes(mediaTypeOf(type))) {
    return new DomainError('UNSUPPORTED_MEDIA_TYPE', `This path accepts ${bodyTypes.join(' or ')} only.`);
  }
  if (Number(length) > maxBodyBytes) {
    return new DomainError('PAYLOAD_TOO_LARGE', `The body must not exceed ${maxBodyBytes} bytes.`);
  }
  return undefined;
}

const jsonOnly: readonly string[] = [JSON_TYPE];

function mediaTypeOf(contentType: string): string {
  return contentType === JSON_TYPE ? contentType : (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
