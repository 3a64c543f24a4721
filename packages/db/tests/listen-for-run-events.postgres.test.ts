import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenForRunEvents } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

/** Accepts connections and stays silent, until it becomes a proxy for the connections that follow. */
async function startSilentServer() {
  const sockets: Socket[] = [];
  let isSilent = true;
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    if (isSilent) return;
    const target = new URL(database.url ?? '');
    const upstream = connect(Number(target.port), target.hostname);
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(database.url ?? '');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    sockets,
    answer: () => void (isSilent = false),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('listenForRunEvents()', () => {
  test('gives up a server that accepts and never answers, and listens as soon as it answers', async () => {
    await using server = await startSilentServer();
    let wakeUps = 0;
    const listener = listenForRunEvents(
      { url: server.url, notify: () => Promise.resolve() },
      () => void (wakeUps += 1),
    );
    await expect.poll(() => server.sockets.length).toBe(1);
    server.answer();
    await expect.poll(() => wakeUps, { timeout: 10_000 }).toBe(1);
    await listener.close();
  });

  test('closes at once while a server does not answer', async () => {
    await using server = await startSilentServer();
    const listener = listenForRunEvents({ url: server.url, notify: () => Promise.resolve() }, () => {});
    await expect.poll(() => server.sockets.length).toBe(1);
    const startedAt = performance.now();
    await listener.close();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('survives a connection that is reset, while it connects and while it listens', async () => {
    await using server = await startSilentServer();
    let wakeUps = 0;
    const listener = listenForRunEvents(
      { url: server.url, notify: () => Promise.resolve() },
      () => void (wakeUps += 1),
    );
    await expect.poll(() => server.sockets.length).toBe(1);
    server.answer();
    for (let resets = 0; resets < 3; resets += 1) {
      server.sockets.at(-1)?.resetAndDestroy();
      await expect.poll(() => wakeUps, { timeout: 10_000 }).toBe(resets + 1);
    }
    await listener.close();
  });
});
