import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export interface TestServer extends AsyncDisposable {
  port: number;
  url: string;
}

/** Starts a server on a free port. It closes with all its connections at the end of the scope. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
