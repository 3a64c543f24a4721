import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const plainId = /^[\w.-]{1,128}$/;

/** The id that a proxy or a client has given the request, where it is a plain word; a new one otherwise. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && plainId.test(given) ? given : randomUUID();
}
