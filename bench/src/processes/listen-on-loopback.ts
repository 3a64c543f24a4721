import { once } from 'node:events';
import type { Server } from 'node:http';

/** Thousands of streams connect at once. With Node's default of 511, some would be dropped and retry after a second. */
const BACKLOG = 4096;

/** Listens on a free port and returns it. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port.');
  return address.port;
}
