import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { writePaced } from '../src/write-paced.ts';

const TOKEN = 'x'.repeat(64 * 1024);
const tokens = Array.from({ length: 4_000 }, () => TOKEN); // 256 MB, far more than the buffers of the sockets

/** A server that writes all tokens to one client, which reads nothing until the test reads `response`. */
async function startWriting(delayMs: number) {
  let written = 0;
  let finished: Promise<boolean> | undefined;
  const server = createServer((_request: IncomingMessage, response: ServerResponse) => {
    const count = (token: string) => {
      written++;
      return token;
    };
    finished = writePaced(response, tokens, count, delayMs);
    void finished.then((isComplete) => isComplete && response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = request({ port: (server.address() as AddressInfo).port, agent: false }).end();
  const [response] = (await once(client, 'response')) as [IncomingMessage];
  return {
    response,
    written: () => written,
    finished: () => finished,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The number of written tokens, once it no longer grows. */
async function settled(written: () => number): Promise<number> {
  for (;;) {
    const before = written();
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (written() === before) return before;
  }
}

test.each([0, 0.001])(
  'writePaced waits for a client that stops reading, at a delay of %d ms',
  async (delayMs) => {
    await using writing = await startWriting(delayMs);
    expect(await settled(writing.written)).toBeLessThan(tokens.length / 2);
  },
);

test('a client that reads again receives every byte', async () => {
  await using writing = await startWriting(0);
  await settled(writing.written);
  let bytes = 0;
  for await (const chunk of writing.response as AsyncIterable<Buffer>) bytes += chunk.length;
  expect(bytes).toBe(tokens.length * TOKEN.length);
  expect(await writing.finished()).toBe(true);
});

test('writePaced ends when the client disconnects, even while it waits for the client to read', async () => {
  await using writing = await startWriting(0);
  const before = await settled(writing.written);
  writing.response.on('error', () => {}).destroy();
  expect(await writing.finished()).toBe(false);
  expect(writing.written()).toBe(before);
});
