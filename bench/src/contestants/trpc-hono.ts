// tRPC's fetch adapter, in a Hono app on node:http.
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { createTrpcRouter, TRPC_PATH, trpcUnaryRequest } from '../workload/trpc-router.ts';
import type { Contestant } from './contestant.ts';
import { createHonoServer } from './hono-server.ts';

export const trpcHono: Contestant = {
  unaryRequest: trpcUnaryRequest,
  createServer(feed) {
    const router = createTrpcRouter(feed);
    const app = new Hono();
    app.all(`${TRPC_PATH}/*`, (c) => fetchRequestHandler({ endpoint: TRPC_PATH, req: c.req.raw, router }));
    return createHonoServer(app);
  },
};
