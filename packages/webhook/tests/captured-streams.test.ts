import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { captures, type Capture } from './captures.ts';
import { collectAnswer, expectAsCaptured } from './collect-answer.ts';
import { requestTo, startRawAgent } from './raw-agent.ts';

interface Piece {
  /** Time since the piece before. */
  afterMs: number;
  bytes: Uint8Array;
}

async function replay(pieces: Iterable<Piece>) {
  await using agent = await startRawAgent(async (socket) => {
    for (const { afterMs, bytes } of pieces) {
      if (afterMs > 0) await sleep(afterMs);
      else await nextTurn();
      socket.write(bytes);
    }
  });
  // The connection stays open, as with n8n: the framing or the silence after an error ends the answer.
  return await collectAnswer(callLoopbackAgent(requestTo(agent.url), { limits: { errorGraceMs: 100 } }));
}

const bytesOf = (capture: Capture) => Buffer.concat(capture.reads.map((read) => read.bytes));

describe.concurrent.each(captures)('$name, replayed over a socket', (capture) => {
  it('gives the expected text with the recorded timing, with shortened waits', async () => {
    const MAX_WAIT_MS = 8;
    const pieces = capture.reads.map(({ atMs, bytes }, index) => {
      const before = capture.reads[index - 1]?.atMs ?? 0;
      return { afterMs: Math.min(atMs - before, MAX_WAIT_MS), bytes };
    });
    expectAsCaptured(await replay(pieces), capture);
  });

  it('gives the expected text in one write', async () => {
    expectAsCaptured(await replay([{ afterMs: 0, bytes: bytesOf(capture) }]), capture);
  });

  it('gives the expected text with several reads joined, as under load', async () => {
    const pieces: Piece[] = [];
    for (let at = 0; at < capture.reads.length; at += 5) {
      const together = capture.reads.slice(at, at + 5).map((read) => read.bytes);
      pieces.push({ afterMs: 1, bytes: Buffer.concat(together) });
    }
    expectAsCaptured(await replay(pieces), capture);
  });

  it('gives the expected text one byte at a time, headers and framing included', async () => {
    const pieces = Array.from(bytesOf(capture), (byte) => ({ afterMs: 0, bytes: Uint8Array.of(byte) }));
    expectAsCaptured(await replay(pieces), capture);
  });

  it('gives the expected text when it is split in two at any of 12 places', async () => {
    const bytes = bytesOf(capture);
    const places = Array.from({ length: 12 }, (_, place) => Math.floor(((place + 0.5) * bytes.length) / 12));
    const answers = await Promise.all(
      places.map((at) =>
        replay([
          { afterMs: 0, bytes: bytes.subarray(0, at) },
          { afterMs: 3, bytes: bytes.subarray(at) },
        ]),
      ),
    );
    for (const answer of answers) expectAsCaptured(answer, capture);
  });
});

describe.concurrent.each(captures.filter((capture) => capture.expected.text !== ''))(
  '$name, cut off',
  (capture) => {
    it('fails and keeps the text received before', async () => {
      const bytes = bytesOf(capture);
      const places = Array.from({ length: 10 }, (_, place) =>
        Math.floor(((place + 0.5) * bytes.length) / 10),
      );
      for (const at of places) {
        await using agent = await startRawAgent((socket) => {
          socket.end(bytes.subarray(0, at));
        });
        const answer = await collectAnswer(callLoopbackAgent(requestTo(agent.url)));
        expect(answer.outcome, `cut at ${at} of ${bytes.length}`).toBe('failed');
        expect(capture.expected.text.startsWith(answer.text.replace(/\s+/g, ' ').trim())).toBe(true);
      }
    });
  },
);
