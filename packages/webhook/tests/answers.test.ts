// Answers of real agents are read as a person should read them.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { answerCaptures, bodyOf, type Capture } from './captures.ts';
import { collectAnswer, parseInPieces, type CollectedAnswer } from './collect-answer.ts';
import { requestTo, startRawAgent } from './raw-agent.ts';

/** White space is folded, except that a blank line separates paragraphs. */
function fold(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .join('\n\n');
}

function expectAsRead(answer: CollectedAnswer, { expected: { text, outcome, reason } }: Capture): void {
  expect({ text: fold(answer.text), outcome: answer.outcome }).toEqual({ text: fold(text), outcome });
  if (reason !== undefined) expect(reason).toContain(answer.reason);
}

describe.concurrent.each(answerCaptures)('the answer $name', (capture) => {
  it('is read as expected over a socket', async () => {
    await using agent = await startRawAgent(async (socket) => {
      let before = 0;
      for (const { atMs, bytes } of capture.reads) {
        await sleep(Math.min(atMs - before, 20));
        before = atMs;
        socket.write(bytes);
      }
      socket.end();
    });
    expectAsRead(await collectAnswer(callLoopbackAgent(requestTo(agent.url))), capture);
  });

  it('has the same text and outcome when it is split in two at any byte', () => {
    const { contentType, body } = bodyOf(capture);
    for (let at = 0; at < body.length; at++) {
      const pieces = [body.subarray(0, at), body.subarray(at)];
      expectAsRead(parseInPieces(pieces, contentType), capture);
    }
  });
});
