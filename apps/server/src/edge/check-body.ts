// Which bodies are taken at all. A form, plain text and bytes are what a foreign page can send without a preflight, so
// nothing takes them that does not say so.
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@parley/api';

export const JSON_TYPE = 'application/json';
export const MULTIPART_TYPE = 'multipart/form-data';

export const MAX_BODY_BYTES = 1_000_000;

export interface BodyRules {
  /** Media types, in lower case and without parameters. Default: JSON alone. */
  bodyTypes?: readonly string[];
  /** Default: 1,000,000. A body without a length is for its reader to limit. */
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
      `Say what is sent: content-type: ${bodyTypes.join(' or ')}.`,
    );
  }
  if (!bodyTypes.includes(mediaTypeOf(type))) {
    return new DomainError('UNSUPPORTED_MEDIA_TYPE', `Only ${bodyTypes.join(' or ')} is taken here.`);
  }
  if (Number(length) > maxBodyBytes) {
    return new DomainError('PAYLOAD_TOO_LARGE', `At most ${maxBodyBytes} bytes are taken here.`);
  }
  return undefined;
}

const jsonOnly: readonly string[] = [JSON_TYPE];

function mediaTypeOf(contentType: string): string {
  return contentType === JSON_TYPE ? contentType : (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
