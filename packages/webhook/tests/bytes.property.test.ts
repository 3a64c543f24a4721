import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../src/index.ts';
import { call, limited } from './call-raw-agent.ts';
import { captureNamed } from './captures.ts';

const limits = limited({
  firstByteTimeoutMs: 2_000,
  idleTimeoutMs: 2_000,
  totalTimeoutMs: 4_000,
  errorGraceMs: 500,
});

const line = fc.constantFrom(
  ...[
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0 200 OK\r\n',
    'HTTP/1.1 204 No Content\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
  ],
  ...[
    'HTTP/1.1 500 No\r\n',
    'HTTP/1.1 302 Found\r\nLocation: http://[::1]/\r\n',
    'HTTP/1.1 101 Switching\r\n',
    'HTTP/2 200\r\n',
  ],
  ...['Content-Type: application/json\r\n', 'Content-Type: text/event-stream\r\n', 'Content-Length: 5\r\n'],
  ...[
    'Content-Length: 0\r\n',
    'Content-Length: -1\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Encoding: gzip\r\n',
  ],
  ...[
    'Content-Encoding: br, gzip\r\n',
    'Connection: close\r\n',
    'Trailer: x\r\n',
    'x: y\r\n',
    '\r\n',
    '\r\n\r\n',
    '\n',
  ],
  ...[
    '5\r\nhello\r\n',
    '0\r\n\r\n',
    'ffffffff\r\n',
    'zz\r\n',
    '{"output":"Hi"}',
    'data: {"content":"Hi"}\n\n',
    '\0',
    'é',
  ],
);
const structured = fc.array(line, { maxLength: 14 }).map((parts) => Buffer.from(parts.join('')));
const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const headed = noise.map((bytes) => Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), bytes]));
const recorded = captureNamed('stream-agent__gzip').reads.map((read) => read.bytes);
const damaged = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
  const bytes = Buffer.concat(recorded);
  bytes[at % bytes.length] = byte;
  return bytes;
});
const answer = fc.oneof(structured, noise, headed, damaged);

describe('arbitrary bytes from an agent', () => {
  it('a call ends with an answer or an AgentError and closes its connection, whatever bytes the agent sends', async () => {
    await fc.assert(
      fc.asyncProperty(
        answer,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.boolean(),
        async (bytes, places, isReset) => {
          const result = await call(async (socket) => {
            const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
              (a, b) => a - b,
            );
            for (const [index, end] of ends.entries()) {
              socket.write(bytes.subarray(ends[index - 1] ?? 0, end));
              await new Promise((resolve) => setImmediate(resolve));
            }
            if (isReset) socket.resetAndDestroy();
            else socket.end();
          }, limits);
          expect(result.tookMs).toBeLessThan(10_000);
          if (result.outcome === 'succeeded') expect(result.text).not.toBe('');
          else expect(result.error).toBeInstanceOf(AgentError);
          expect(result.text).not.toContain('\0');
        },
      ),
      { numRuns: 400 },
    );
  }, 120_000);
});
