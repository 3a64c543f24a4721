import { once } from 'node:events';
import type { Server } from 'node:http';

/** Thousands of streams connect at once; Node's own default of 511 would drop some for a second. */
const BACKLOG = 4096;

/** On a free port, which it gives. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
