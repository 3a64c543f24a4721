// REST at /api.
import { appRouter, type Services } from '@parley/api';
import type { Logger } from 'pino';
import { createRequestContext } from '../create-request-context.ts';
import { arrivalOf } from '../edge/arrival.ts';
import { MULTIPART_TYPE } from '../edge/check-body.ts';
import type { Route } from '../edge/route.ts';
import { MAX_FORM_BYTES } from './respond-bytes.ts';
import { createRestHandler } from './rest-handler.ts';

export function restRoutes({ services, logger }: { services: Services; logger: Logger }): Route[] {
  const handle = createRestHandler({
    router: appRouter,
    createContext: (http) => createRequestContext(services, http),
    onError({ error, request, path }) {
      const { requestId } = arrivalOf(request);
      logger.error({ err: error, requestId, path, method: request.method }, 'a call failed');
    },
  });
  return [
    {
      path: /\/api\/agents\/[^/]+\/avatar/,
      handle,
      bodyTypes: [MULTIPART_TYPE],
      maxBodyBytes: MAX_FORM_BYTES,
    },
    { path: '/api/', handle },
  ];
}
