// tRPC's adapter for node:http, configured as in its documentation.
import { createServer } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createTrpcRouter, TRPC_PATH, trpcStreamRequest, trpcUnaryRequest } from '../workload/trpc-router.ts';
import type { Contestant } from './contestant.ts';

export const trpcStandalone: Contestant = {
  unaryRequest: trpcUnaryRequest,
  streamRequest: trpcStreamRequest,
  createServer: (feed) =>
    createServer(createHTTPHandler({ router: createTrpcRouter(feed), basePath: `${TRPC_PATH}/` })),
};
