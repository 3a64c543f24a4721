import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpContext, type Context, type Services } from '@parley/api';
import { arrivalOf } from './edge/arrival.ts';
import { networkOf } from './edge/network-of.ts';

/** Creates the tRPC context of a request, for all routes that call procedures. */
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
