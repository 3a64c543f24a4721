// The origin of a request: its id, the client's address, and whether it came over HTTPS. Determined once, before anything
// else, and attached to the request.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientOf, type TrustedProxies } from './client-of.ts';

export interface Arrival {
  /** Identifies the request in logs and in the response's `x-request-id`. */
  requestId: string;
  /** The client's address: the peer of the socket, or the address that trusted proxies forward. */
  address: string;
  /** Whether the client uses HTTPS, to this server or to a trusted proxy. */
  isSecure: boolean;
  response: ServerResponse;
}

/** A property of the request. In a WeakMap, entries would live until the next full garbage collection. */
const arrived = Symbol('arrival');

type ArrivedRequest = IncomingMessage & { [arrived]?: Arrival };

export function receive(
  request: ArrivedRequest,
  response: ServerResponse,
  trustedProxies: TrustedProxies,
): Arrival {
  const { address, isSecure } = clientOf(request, trustedProxies);
  const arrival: Arrival = { requestId: requestIdOf(request), address, isSecure, response };
  request[arrived] = arrival;
  return arrival;
}

/** @throws Error for a request that has not passed through the edge */
export function arrivalOf(request: ArrivedRequest): Arrival {
  const arrival = request[arrived];
  if (arrival === undefined) throw new Error('the request has not passed through the edge');
  return arrival;
}

const plainId = /^[\w.-]{1,128}$/;

/** Keeps the id that a proxy or client has assigned, if it is a plain word; otherwise creates one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && plainId.test(given) ? given : randomUUID();
}
