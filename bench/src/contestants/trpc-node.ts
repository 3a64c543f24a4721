// @parley/trpc-node, configured as in apps/server.
import { createServer } from 'node:http';
import { createNodeHandler, superjsonSerializer } from '@parley/trpc-node';
import superjson from 'superjson';
import { createTrpcRouter, TRPC_PATH, trpcStreamRequest, trpcUnaryRequest } from '../workload/trpc-router.ts';
import type { Contestant } from './contestant.ts';

export const trpcNode: Contestant = {
  unaryRequest: trpcUnaryRequest,
  streamRequest: trpcStreamRequest,
  createServer: (feed) =>
    createServer(
      createNodeHandler({
        router: createTrpcRouter(feed),
        basePath: `${TRPC_PATH}/`,
        serialize: superjsonSerializer(superjson),
      }),
    ),
};
