// How a request has arrived: from where, over what, and under which id. Worked out once, before anything else, and
// kept beside the request for whoever is handed only the request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientOf, type TrustedProxies } from './client-of.ts';
import { requestIdOf } from './request-id.ts';

export interface Arrival {
  /** Names the request in logs, and goes back as `x-request-id`. */
  requestId: string;
  /** The client's address: the one at the other end of the socket, or the one that trusted proxies name. */
  address: string;
  /** Whether the client speaks HTTPS, with us or with a trusted proxy. */
  isSecure: boolean;
  response: ServerResponse;
}

/** On the request itself: in a WeakMap, each would live until the next full garbage collection, with all it holds. */
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

/** @throws Error for a request that did not come through the edge */
export function arrivalOf(request: ArrivedRequest): Arrival {
  const arrival = request[arrived];
  if (arrival === undefined) throw new Error('this request has not come through the edge');
  return arrival;
}
