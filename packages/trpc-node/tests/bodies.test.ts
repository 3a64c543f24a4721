import { setTimeout as delay } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const t = initTRPC.create();
const reported: string[] = [];
const router = t.router({
  store: t.procedure.input((value: unknown) => value).mutation(({ input }) => input),
  wait: t.procedure.input(Number).query(async ({ input }) => {
    await delay(input);
    return input;
  }),
});
const handler = createNodeHandler({
  router,
  maxBodySize: 1_000,
  onError: ({ error }) => void reported.push(error.code),
});

const head = (length: number | 'chunked'): string =>
  `POST /store HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${
    length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
  }\r\n\r\n`;

test('a body may arrive in pieces that split its characters', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  const body = Buffer.from('"é漢🎉"');
  connection.send(head(body.length));
  for (const byte of body) {
    connection.socket.write(Buffer.of(byte));
    await delay(2);
  }
  await connection.expect(body.toString('latin1'));
});

test('a body over the limit is refused while the client still sends it, and the connection remains usable', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.send(head(100_000));
  connection.send('x'.repeat(50_000));
  await connection.expect('HTTP/1.1 413');
  await connection.expect('"PAYLOAD_TOO_LARGE"');
  connection.send('x'.repeat(50_000));
  connection.received = '';
  connection.send(`${head(1)}7`);
  await connection.expect('{"result":{"data":7}}');
});

test('a chunked body over the limit is refused while the client still sends it', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.send(head('chunked'));
  for (let piece = 0; piece < 20; piece += 1) connection.send(`64\r\n${'x'.repeat(100)}\r\n`);
  await connection.expect('HTTP/1.1 413');
  connection.send('0\r\n\r\n');
  connection.received = '';
  connection.get('/wait?input=0');
  await connection.expect('{"result":{"data":0}}');
});

test('a body of exactly maxBodySize is accepted', async () => {
  await using server = await serve(handler);
  const body = JSON.stringify('x'.repeat(998));
  const response = await fetch(`${server.url}/store`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(response.status).toBe(200);
});

test('a client that disconnects in the middle of its body is reported, and the server serves the next request', async () => {
  await using server = await serve(handler);
  reported.length = 0;
  using connection = await RawConnection.open(server.port);
  connection.send(`${head(100)}{"half":`);
  await delay(30);
  connection.socket.destroy();
  await until(() => reported.length > 0, 'a report');
  expect(reported).toEqual(['CLIENT_CLOSED_REQUEST']);
  expect((await fetch(`${server.url}/wait?input=0`)).status).toBe(200);
});

test('pipelined requests get their responses in order', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  for (const milliseconds of [40, 20, 0]) connection.get(`/wait?input=${milliseconds}`);
  await connection.expect('{"data":0}');
  const answers = [...connection.received.matchAll(/"data":(\d+)/g)].map(([, data]) => Number(data));
  expect(answers).toEqual([40, 20, 0]);
});

test('a subscription may be pipelined behind another request', async () => {
  const streams = t.router({
    wait: router.wait,
    count: t.procedure.subscription(async function* () {
      yield* [1, 2, 3];
    }),
  });
  await using server = await serve(createNodeHandler({ router: streams }));
  using connection = await RawConnection.open(server.port);
  connection.get('/wait?input=60');
  connection.get('/count');
  await connection.expect('event: return');
  expect(connection.received).toMatch(/"data":60[\s\S]*data: 1\n\n\ndata: 2\n\n\ndata: 3/);
});
