import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { AllowedHosts, checkReachable } from '../src/index.ts';

const allowedHosts = new AllowedHosts(['127.0.0.1', '::1']);

/** A server that counts its connections and the received bytes. */
async function startListener(host: string) {
  const seen = { connections: 0, bytes: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.on('data', (bytes: Buffer) => (seen.bytes += bytes.length)).on('error', () => undefined);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

test.each(['127.0.0.1', '::1'])(
  'checkReachable connects to an agent at %s and sends nothing',
  async (host) => {
    await using listener = await startListener(host);
    const name = host.includes(':') ? `[${host}]` : host;
    expect(
      await checkReachable(`http://${name}:${listener.port}/webhook/x`, { allowedHosts }),
    ).toBeUndefined();
    await expect.poll(() => listener.seen).toEqual({ connections: 1, bytes: 0 });
  },
);

test('checkReachable returns AGENT_UNREACHABLE if nothing listens', async () => {
  const { port, ...listener } = await startListener('127.0.0.1');
  await listener[Symbol.asyncDispose]();
  expect(await checkReachable(`http://127.0.0.1:${port}/`, { allowedHosts })).toMatchObject({
    reason: 'AGENT_UNREACHABLE',
    hint: expect.stringContaining('Nothing listens'),
  });
});

test('checkReachable does not connect to an address that calls refuse', async () => {
  await using listener = await startListener('127.0.0.1');
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await checkReachable(`http://${host}:${listener.port}/`)).toMatchObject({
      reason: 'AGENT_BLOCKED_URL',
      hint: expect.stringContaining('WEBHOOK_ALLOWED_HOSTS'),
    });
  for (const address of ['', 'ftp://example.com', 'https://user:password@example.com'])
    expect(await checkReachable(address, { allowedHosts })).toMatchObject({ reason: 'AGENT_BLOCKED_URL' });
  expect(listener.seen.connections).toBe(0);
});

test('checkReachable returns AGENT_UNREACHABLE for an https address if the server does not speak TLS', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 No\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await checkReachable(`https://127.0.0.1:${port}/`, { allowedHosts })).toMatchObject({
    reason: 'AGENT_UNREACHABLE',
    hint: expect.stringContaining('does not speak TLS'),
  });
  server.close();
});
