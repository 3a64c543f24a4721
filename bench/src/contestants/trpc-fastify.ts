// tRPC's adapter for Fastify.
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fastify } from 'fastify';
import { createTrpcRouter, TRPC_PATH, trpcUnaryRequest } from '../workload/trpc-router.ts';
import type { Contestant } from './contestant.ts';

export const trpcFastify: Contestant = {
  unaryRequest: trpcUnaryRequest,
  async createServer(feed) {
    const app = fastify();
    app.register(fastifyTRPCPlugin, {
      prefix: TRPC_PATH,
      trpcOptions: { router: createTrpcRouter(feed) },
    });
    await app.ready();
    return app.server;
  },
};
