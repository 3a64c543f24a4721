// A TCP proxy between Parley and its Postgres server that a test can break. It forwards everything until then.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** Acts like a server restart: breaks all connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Acts like a network that drops packets: connections stay open, and no data comes through. */
  freeze(): void;
  /** Forwards everything again, including frozen data. */
  restore(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let isFrozen = false;

  const listener = createServer((client) => {
    const server = connect(Number(target.port || 5432), target.hostname);
    const pair = { client, server };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    if (!isFrozen) join(client, server);
  });
  const port = await listen(listener, 0);
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);

  async function refuse(): Promise<void> {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    await closed;
  }

  return {
    url: url.href,
    refuse,
    freeze() {
      isFrozen = true;
      for (const { client, server } of pairs) part(client, server);
    },
    async restore() {
      isFrozen = false;
      if (!listener.listening) await listen(listener, port);
      for (const { client, server } of pairs) join(client, server);
    },
    [Symbol.asyncDispose]: refuse,
  };
}

function join(one: Duplex, other: Duplex): void {
  part(one, other);
  one.pipe(other);
  other.pipe(one);
}

function part(one: Duplex, other: Duplex): void {
  one.unpipe(other).pause();
  other.unpipe(one).pause();
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return address.port;
}
