import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpContext, type Context, type Services } from '@parley/api';
import { arrivalOf } from './edge/arrival.ts';
import { networkOf } from './edge/network-of.ts';

/** What procedures know of a request that came through the edge, by whatever route. */
export function createRequestContext(
  services: Services,
  http: { req: IncomingMessage; res: ServerResponse },
): Context {
  const { requestId, address } = arrivalOf(http.req);
  return createHttpContext(services, http, {
    id: requestId,
    network: networkOf(address),
  });
}
