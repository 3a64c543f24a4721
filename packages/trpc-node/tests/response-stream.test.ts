// The parts that the package exports for other HTTP handlers: streams and bodies.
import { TRPCError } from '@trpc/server';
import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { formatEvent, pingComment, readBody, ResponseStream, StreamRegistry } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const PIECE = 'x'.repeat(32 * 1024);

interface Streamed {
  streams: StreamRegistry;
  opened: ResponseStream[];
  handle: RequestListener;
}

/** A handler that opens a stream for each request, and keeps it. */
function streamed(...options: ConstructorParameters<typeof StreamRegistry>): Streamed {
  const streams = new StreamRegistry(...options);
  const opened: ResponseStream[] = [];
  return {
    streams,
    opened,
    handle(_, response) {
      const controller = new AbortController();
      response.on('close', () => controller.abort());
      response.writeHead(200, { 'content-type': 'text/plain' });
      const stream = new ResponseStream({ response, signal: controller.signal }, streams);
      stream.write(formatEvent('opened', '1'));
      opened.push(stream);
    },
  };
}

test('a silent stream sends the ping of its registry, and none without that setting', async () => {
  const pinged = streamed({ ping: { intervalMs: 40, frame: pingComment } });
  const silent = streamed();
  await using server = await serve(pinged.handle);
  await using other = await serve(silent.handle);
  using connection = await RawConnection.open(server.port);
  using unpinged = await RawConnection.open(other.port);
  unpinged.get('/');
  connection.get('/');
  await connection.expect(': ping\n\n\r\n8\r\n: ping\n\n');
  expect(unpinged.chunks()).toEqual(['data: opened\nid: 1\n\n']);
});

test('a stream with a stalled reader is full, and the reader is disconnected after maxStallMs', async () => {
  const { opened, handle } = streamed({ maxStallMs: 200 });
  await using server = await serve(handle);
  using connection = await RawConnection.open(server.port);
  connection.get('/');
  await connection.expect('opened');
  connection.socket.pause();
  const [stream] = opened;
  if (stream === undefined) throw new Error('the server opened no stream');
  const startMs = performance.now();
  let written = 0;
  while (!stream.isEnded) {
    stream.write(PIECE);
    written += PIECE.length;
    await stream.whenReady();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(200);
  expect(written).toBeLessThan(64 * 1024 * 1024);
});

test('a registry that closes ends its streams after the text written to them', async () => {
  const { streams, opened, handle } = streamed();
  await using server = await serve(handle);
  using connection = await RawConnection.open(server.port);
  connection.get('/');
  await connection.expect('opened');
  opened[0]?.write('last words');
  streams.close();
  await connection.expect('last words');
  await connection.expect('\r\n0\r\n\r\n');
});

test('a stream writes no body in response to HEAD, and the connection remains usable', async () => {
  const { opened, handle } = streamed();
  await using server = await serve(handle);
  using connection = await RawConnection.open(server.port);
  connection.send('HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until(() => opened.length === 1, 'the stream to open');
  opened[0]?.end();
  await connection.expect('\r\n\r\n');
  expect(connection.chunks()).toEqual([]);
  connection.received = '';
  connection.get('/');
  await connection.expect('opened');
});

test('readBody returns the bytes, and refuses a body over the limit with the given message', async () => {
  await using server = await serve((request, response) => {
    readBody(request, 3, 'three bytes at most').then(
      (body) => response.end(body.toString('hex')),
      (error: unknown) => response.end(error instanceof TRPCError ? `${error.code} ${error.message}` : ''),
    );
  });
  const send = async (body: Uint8Array<ArrayBuffer>): Promise<string> =>
    (await fetch(server.url, { method: 'POST', body })).text();
  expect(await send(new Uint8Array([0xff, 0, 1]))).toBe('ff0001');
  expect(await send(new Uint8Array())).toBe('');
  expect(await send(new Uint8Array(4))).toBe('PAYLOAD_TOO_LARGE three bytes at most');
});
