import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

/** Serves a Hono app on node:http. */
export function createHonoServer(app: Hono): Server {
  const server = createAdaptorServer({ fetch: app.fetch });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without options, it creates a server of node:http
  return server as Server;
}
