import { describe, expect, it } from 'vitest';
import { bodyOf, captures } from './captures.ts';
import { expectAsCaptured, parseInPieces, type CollectedAnswer } from './collect-answer.ts';

const withoutEvents = ({ text, outcome, reason, error }: CollectedAnswer) => ({
  text,
  outcome,
  reason,
  hint: error?.hint,
});

// Error responses are not parsed as answers.
const answers = captures.filter((capture) => / 200 /.test(String(capture.reads[0]?.bytes.subarray(0, 15))));

describe.each(answers)('the body of $name', (capture) => {
  const { contentType, body } = bodyOf(capture);
  const end = capture.isKeptOpen ? 'cut' : 'end';
  const whole = parseInPieces([body], contentType, {}, end);

  it('is parsed to the expected text in one piece', () => {
    expectAsCaptured(whole, capture);
  });

  it('gives the same answer when it is split in two at any byte', () => {
    for (let at = 1; at < body.length; at++) {
      const split = parseInPieces([body.subarray(0, at), body.subarray(at)], contentType, {}, end);
      expect(withoutEvents(split), `split at ${at}`).toEqual(withoutEvents(whole));
    }
  });

  it('gives the same answer one byte at a time', () => {
    const bytes = Array.from(body, (byte) => Uint8Array.of(byte));
    expect(withoutEvents(parseInPieces(bytes, contentType, {}, end))).toEqual(withoutEvents(whole));
  });
});
