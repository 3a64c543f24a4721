import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { call, item, limited } from './call-raw-agent.ts';
import { captureNamed } from './captures.ts';
import { chunk, chunkedHead, lastChunk, requestTo, startRawAgent } from './raw-agent.ts';

describe('an answer', () => {
  it('each piece of text is yielded as soon as its bytes arrive', async () => {
    let wasRead: () => void = () => {};
    await using agent = await startRawAgent(async (socket) => {
      socket.write(chunkedHead);
      for (const word of ['a', ' b', ' c']) {
        const read = new Promise<void>((resolve) => (wasRead = resolve));
        socket.write(item(word));
        await read;
      }
      socket.write(lastChunk);
    });
    const words: AgentEvent[] = [];
    for await (const event of callLoopbackAgent(requestTo(agent.url))) {
      words.push(event);
      wasRead();
    }
    expect(words.map((event) => event.type === 'text' && event.content)).toEqual(['a', ' b', ' c']);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['Deflate', deflateRawSync],
    ['deflate, gzip', (body: Buffer) => gzipSync(deflateSync(body))],
    ['br, br, gzip', (body: Buffer) => gzipSync(brotliCompressSync(brotliCompressSync(body)))],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('an answer compressed with %s is decompressed', async (encoding, compress) => {
    const body = compress(Buffer.from('{"output":"Hi"}'));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(await call((socket) => void socket.write(Buffer.concat([Buffer.from(head), body])))).toMatchObject(
      {
        text: 'Hi',
        outcome: 'succeeded',
      },
    );
  });

  it.each([
    ['gzip', createGzip],
    ['br', createBrotliCompress],
    ['zstd', createZstdCompress],
  ] as const)(
    'text compressed with %s is yielded as soon as its bytes arrive',
    async (encoding, createCompressor) => {
      const compressor = createCompressor();
      let wasRead: () => void = () => {};
      await using agent = await startRawAgent(async (socket) => {
        socket.write(chunkedHead.replace('\r\n\r\n', `\r\nContent-Encoding: ${encoding}\r\n\r\n`));
        compressor.on('data', (bytes: Buffer) => socket.write(chunk(bytes)));
        for (const word of ['a', ' b', ' c']) {
          const read = new Promise<void>((resolve) => (wasRead = resolve));
          compressor.write(`${JSON.stringify({ type: 'item', content: word })}\n`);
          compressor.flush();
          await read;
        }
        compressor.end(() => socket.write(lastChunk));
      });
      let text = '';
      for await (const event of callLoopbackAgent(requestTo(agent.url))) {
        if (event.type === 'text') text += event.content;
        wasRead();
      }
      expect(text).toBe('a b c');
    },
  );

  it('an answer that cannot be decompressed fails with AGENT_PROTOCOL_ERROR', async () => {
    const answer = await call((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello');
    });
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
  });

  it('an answer with six content encodings fails with AGENT_PROTOCOL_ERROR', async () => {
    const answer = await call((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\nContent-Length: 5\r\n\r\nhello',
      );
    });
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
  });

  it('a compressed answer that exceeds the text limit is cut off at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000, 'x'));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const answer = await call(
      (socket) => void socket.write(Buffer.concat([Buffer.from(head), bomb])),
      limited({ maxTextBytes: 1_000 }),
    );
    expect(answer).toMatchObject({ text: 'x'.repeat(1_000), reason: 'AGENT_RESPONSE_TOO_LARGE' });
  });

  it.each([
    ['in HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n'],
    ['in HTTP/1.0 with a length', 'HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\n'],
    ['without a content type', 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n'],
    ['with a wrong content type', 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 15\r\n\r\n'],
    ['with status 201', 'HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n'],
    ['after early hints', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ])('an answer %s is read', async (_, head) => {
    expect(await call((socket) => void socket.end(`${head}{"output":"Hi"} `))).toMatchObject({
      text: 'Hi',
      outcome: 'succeeded',
    });
  });

  it('an agent that sends faster than the caller reads is slowed down by backpressure', async () => {
    const total = 64 * 1024 * 1024;
    let written = 0;
    await using agent = await startRawAgent((socket) => {
      socket.write(chunkedHead);
      const fill = () => {
        while (written < total && !socket.destroyed) {
          written += 65_536;
          if (!socket.write(item('x'.repeat(65_536)))) return;
        }
      };
      socket.on('drain', fill);
      fill();
    });
    const events = callLoopbackAgent(requestTo(agent.url));
    await events.next();
    let before = -1;
    while (before !== written) {
      before = written;
      await sleep(100);
    }
    // The buffers of both sockets, and a small one in this package.
    expect(written).toBeLessThan(total / 2);
    await events.return();
    await agent.allClosed();
  });

  it('an answer without a length ends with its connection', async () => {
    expect(await call((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nHi'))).toMatchObject({
      text: 'Hi',
      outcome: 'succeeded',
    });
  });

  it('an answer that ends with [DONE] is complete although the connection stays open', async () => {
    const answer = await call((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {"content":"Hi"}\n\ndata: [DONE]\n\n',
      );
    });
    expect(answer).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
    expect(answer.tookMs).toBeLessThan(2_000);
  });

  it('a slow reader receives the whole answer, even if the agent closed the connection long before', async () => {
    const words = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(500)} `);
    await using agent = await startRawAgent((socket) => {
      socket.write(chunkedHead);
      for (const word of words) socket.write(item(word));
      socket.end(lastChunk);
    });
    let text = '';
    for await (const event of callLoopbackAgent(requestTo(agent.url))) {
      await sleep(1);
      if (event.type === 'text') text += event.content;
    }
    expect(text).toBe(words.join('').trim());
  });
});

describe('a connection that breaks', () => {
  it.each([
    ['is closed', (socket: Socket) => void socket.end()],
    ['is reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])(
    'a connection that %s during an answer is AGENT_UNREACHABLE, and the text so far is kept',
    async (_, breakOff) => {
      const answer = await call(async (socket) => {
        socket.write(Buffer.concat([Buffer.from(chunkedHead), item('one '), item('two')]));
        await sleep(30);
        breakOff(socket);
      });
      expect(answer).toMatchObject({ text: 'one two', reason: 'AGENT_UNREACHABLE' });
      expect(answer.error?.message).toContain('lost');
    },
  );

  it('a slow reader still receives all text from before the connection broke', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), item('one ')]));
      setTimeout(() => socket.write(item('two ')), 20);
      setTimeout(() => socket.end(item('three')), 40);
    });
    let text = '';
    const read = async () => {
      for await (const event of callLoopbackAgent(requestTo(agent.url))) {
        if (event.type === 'text') text += event.content;
        await sleep(120);
      }
    };
    await expect(read()).rejects.toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(text).toBe('one two three');
  });

  it('an answer that is shorter than its length fails', async () => {
    const answer = await call(
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHi there'),
    );
    expect(answer).toMatchObject({ text: 'Hi there', reason: 'AGENT_UNREACHABLE' });
  });

  it('a chunked answer with Connection: close fails if its last chunk is missing', async () => {
    const head = chunkedHead.replace('chunked', 'chunked\r\nConnection: close');
    const answer = await call((socket) => {
      socket.end(Buffer.concat([Buffer.from(head), item('Hi'), item('there').subarray(0, 20)]));
    });
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_UNREACHABLE' });
  });

  it('a reset fails an answer that would otherwise end with its connection', async () => {
    const answer = await call(async (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nHi there');
      await sleep(30);
      socket.resetAndDestroy();
    });
    expect(answer).toMatchObject({ text: 'Hi there', reason: 'AGENT_UNREACHABLE' });
  });

  it('a call whose connection breaks before an answer fails and is not retried, since the workflow may have run', async () => {
    for (const breakOff of [
      (socket: Socket) => void socket.end(),
      (socket: Socket) => void socket.resetAndDestroy(),
    ]) {
      expect(await call(breakOff)).toMatchObject({ text: '', reason: 'AGENT_UNREACHABLE', connections: 1 });
    }
  });

  it('a reset at any byte of a real answer fails, with exactly the text received before', async () => {
    const capture = captureNamed('stream-agent__gzip');
    const bytes = Buffer.concat(capture.reads.map((read) => read.bytes));
    const places = Array.from({ length: 60 }, (_, place) => Math.floor(((place + 0.5) * bytes.length) / 60));
    for (let from = 0; from < places.length; from += 12) {
      await Promise.all(
        places.slice(from, from + 12).map(async (at) => {
          const answer = await call(
            (socket) => void socket.write(bytes.subarray(0, at), () => socket.resetAndDestroy()),
          );
          expect(answer.outcome).toBe('failed');
          expect(capture.expected.text.startsWith(answer.text)).toBe(true);
        }),
      );
    }
  });

  it('a connection that breaks after a reported error fails with that error', async () => {
    const answer = await call((socket) => {
      socket.end(
        Buffer.concat([Buffer.from(chunkedHead), item('Hi'), chunk('{"type":"error","content":"boom"}\n')]),
      );
    });
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it('bytes that are not HTTP fail with AGENT_PROTOCOL_ERROR', async () => {
    expect(await call((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'))).toMatchObject({
      reason: 'AGENT_PROTOCOL_ERROR',
    });
    const answer = await call((socket) => void socket.end(`${chunkedHead}zz\r\n`));
    expect(answer).toMatchObject({ reason: 'AGENT_PROTOCOL_ERROR' });
  });
});
