import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { callAgent, AllowedHosts } from '../src/index.ts';
import { call, limited } from './call-raw-agent.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { chunk, chunkedHead, httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

const MB = 1024 * 1024;

/** The maximum growth of the process's memory during `work`. */
async function memoryOf<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; grownBytes: number }> {
  const read = () => process.memoryUsage().rss;
  const before = read();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, read())), 10);
  try {
    return { result: await work(), grownBytes: Math.max(most, read()) - before };
  } finally {
    clearInterval(timer);
  }
}

/** `once` of node:events would throw at the reset that ends these connections. */
function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  return promise.finally(() => socket.off('drain', resolve).off('close', resolve));
}

describe('an agent that never stops sending', () => {
  it('an endless text is cut off at the limit, with bounded traffic and memory', async () => {
    let sentBytes = 0;
    const piece = chunk('a'.repeat(MB));
    const { result, grownBytes } = await memoryOf(() =>
      call(async (socket) => {
        socket.write(chunkedHead);
        for (let sent = 0; sent < 100 && !socket.destroyed; sent++) {
          if (!socket.write(piece)) await drained(socket);
        }
        sentBytes = socket.bytesWritten;
      }),
    );
    expect(result).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
    expect(Buffer.byteLength(result.text)).toBe(4 * MB);
    expect(sentBytes).toBeLessThan(60 * MB);
    expect(grownBytes).toBeLessThan(300 * MB);
  });

  it.each([
    ['one line', '{"output":"', 'x'],
    ['one event', 'data: {"content":"', 'x'],
    ['keepalives', '{"type":"keepalive"}\n', '{"type":"keepalive"}\n'],
    ['white space', '{"output":', ' '],
  ])('endless data in %s is cut off', async (_, start, more) => {
    const piece = chunk(more.repeat(Math.ceil(MB / more.length)));
    const limits = { maxFrameChars: 4 * MB, maxBodyBytes: 16 * MB };
    const { result, grownBytes } = await memoryOf(() =>
      call(async (socket) => {
        socket.write(chunkedHead + chunk(start).toString());
        while (!socket.destroyed) {
          if (!socket.write(piece)) await drained(socket);
        }
      }, limited(limits)),
    );
    expect(result).toMatchObject({ text: '', reason: 'AGENT_RESPONSE_TOO_LARGE' });
    expect(grownBytes).toBeLessThan(300 * MB);
  });

  it.each([
    ['gzip', 1],
    ['gzip, gzip', 2],
  ])('a compression bomb (%s) is cut off without being decompressed entirely', async (encoding, times) => {
    let bomb: Buffer = Buffer.alloc(200 * MB, 'a');
    for (let round = 0; round < times; round++) bomb = gzipSync(bomb);
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const { result, grownBytes } = await memoryOf(() =>
      call((socket) => void socket.write(Buffer.concat([Buffer.from(head), bomb]))),
    );
    expect(result).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
    expect(Buffer.byteLength(result.text)).toBe(4 * MB);
    expect(grownBytes).toBeLessThan(150 * MB);
  });

  it('endless headers are cut off', async () => {
    const answer = await call((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let count = 0; count < 2_000; count++) socket.write(`x-${count}: ${'y'.repeat(100)}\r\n`);
    });
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
  });

  it('a body that arrives byte by byte ends at the total timeout', async () => {
    const answer = await call(
      async (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n');
        while (!socket.destroyed) {
          socket.write('x');
          await sleep(20);
        }
      },
      limited({ totalTimeoutMs: 500, idleTimeoutMs: 400 }),
    );
    expect(answer.reason).toBe('AGENT_TIMEOUT');
    expect(answer.text).toMatch(/^x+$/);
    expect(answer.tookMs).toBeLessThan(5_000);
  });

  it('headers that arrive byte by byte end at the first-byte timeout', async () => {
    const answer = await call(
      async (socket) => {
        for (const byte of `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(10_000)}`) {
          if (socket.destroyed) return;
          socket.write(byte);
          await sleep(20);
        }
      },
      limited({ firstByteTimeoutMs: 300, totalTimeoutMs: 3_000 }),
    );
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_TIMEOUT' });
    expect(answer.tookMs).toBeLessThan(5_000);
  });
});

describe('an agent behind TLS', () => {
  const pem = (name: string) => readFileSync(new URL(`fixtures/self-signed.${name}.pem`, import.meta.url));

  it.each([
    ['self-signed', 'localhost'],
    ['foreign', '127.0.0.2'],
  ])('an agent with a %s certificate receives no request', async (_, host) => {
    let received = '';
    const server = createTlsServer({ key: pem('key'), cert: pem('cert') }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => (received += data.toString()));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, host === 'localhost' ? undefined : host);
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo(`https://${host}:${port}/`, { token: 'canary' })),
    );
    server.close();
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toMatch(/TLS connection failed \(\w+\)/);
    expect(received).toBe('');
  });
});

describe('an unknown host name', () => {
  it('an unknown host name is AGENT_BLOCKED_URL like a private one, and the hint names both causes', async () => {
    const limits = { connectRetryDelayMs: 1 };
    const answer = await collectAnswer(callAgent(requestTo('http://no-such-host.invalid/'), { limits }));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_BLOCKED_URL' });
    expect(answer.error?.hint).toMatch(/does not exist, or .*WEBHOOK_ALLOWED_HOSTS/);
  });

  it('an allowed host name that does not exist is AGENT_UNREACHABLE, not blocked', async () => {
    const allowedHosts = new AllowedHosts(['*.invalid']);
    const answer = await collectAnswer(
      callAgent(requestTo('http://no-such-host.invalid/'), { allowedHosts, limits: { connectRetries: 0 } }),
    );
    expect(answer.reason).toBe('AGENT_UNREACHABLE');
  });
});

describe('a page of a proxy in front of the agent', () => {
  const page =
    '<!DOCTYPE html><html><head><title>canary.example | 524: A timeout occurred</title></head></html>';

  it.each([
    ['524 A Timeout Occurred', 'AGENT_TIMEOUT', 'gave up waiting'],
    ['522 Connection Timed Out', 'AGENT_TIMEOUT', 'gave up waiting'],
    ['521 Web Server Is Down', 'AGENT_UNREACHABLE', 'cannot reach it'],
    ['502 Bad Gateway', 'AGENT_UNREACHABLE', 'cannot reach it'],
    ['200 OK', 'AGENT_PROTOCOL_ERROR', 'web page'],
  ])('a proxy’s page with %s fails with %s, and is not shown', async (status, reason, hint) => {
    await using agent = await startRawAgent(
      (socket) => void socket.write(httpAnswer(page, 'text/html', status)),
    );
    const answer = await collectAnswer(callLoopbackAgent(requestTo(agent.url)));
    expect(answer).toMatchObject({ text: '', reason });
    expect(answer.error?.hint).toContain(hint);
    expect(`${answer.error?.message} ${answer.error?.hint}`).not.toContain('canary');
  });
});
