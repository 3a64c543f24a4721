// A model's thoughts become reasoning parts, never text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInPieces, parseText, type CollectedAnswer } from './collect-answer.ts';

const thoughts = ({ parts }: CollectedAnswer) =>
  parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []));
const sse = (...texts: string[]) =>
  texts
    .map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    .join('');
const n8n = (...texts: string[]) =>
  ['begin', ...texts, 'end']
    .map((content, at, { length }) => {
      const type = at === 0 ? 'begin' : at === length - 1 ? 'end' : 'item';
      return `${JSON.stringify({ type, ...(type === 'item' && { content }), metadata: { nodeId: 'a', nodeName: 'A' } })}\n`;
    })
    .join('');
const formats: [string, (...texts: string[]) => string][] = [
  ['server-sent events', sse],
  ['an n8n stream', n8n],
  ['a JSON value', (...texts) => JSON.stringify({ output: texts.join('') })],
  ['plain text', (...texts) => texts.join('')],
];

describe.each(formats)('reasoning between tags in %s', (_, body) => {
  const read = (...texts: string[]) => parseText(body(...texts));

  it.each(['think', 'thinking', 'reasoning', 'thought', 'THINK'])('<%s> is a part, and not text', (tag) => {
    const answer = read(`<${tag}>\na plan\n</${tag}>\n\nHello`);
    expect([answer.text, thoughts(answer), answer.outcome]).toEqual(['Hello', ['a plan'], 'succeeded']);
  });

  it('reasoning without its first tag is withdrawn from the text', () => {
    const answer = read('let me', ' see\n', '</think>', '\n\nHel', 'lo');
    expect([answer.text, thoughts(answer)]).toEqual(['Hello', ['let me see']]);
  });

  it('reasoning in the middle separates two paragraphs', () => {
    const answer = read('One.<think>a plan</think>Two.');
    expect([answer.text, thoughts(answer)]).toEqual(['One.\n\nTwo.', ['a plan']]);
  });

  it.each([
    'Use `<think>` and `</think>`.',
    'Use ``a ` <think> b`` here.',
    'Like this:\n\n```xml\n<think>a plan</think>\n```\n\nBye',
    'Like this:\n~~~\n```\n</think>\n~~~',
    'The tag <think> is not closed.',
    'a < b, <thin air> and <b>bold</b>',
    'The end </think>',
    'cut <thi',
  ])('the text %j stays as it is', (text) => {
    const answer = read(text);
    expect([answer.text, thoughts(answer)]).toEqual([text.replace(/ <\/think>$/, ''), []]);
  });

  it('reasoning that never ends is not text', () => {
    const answer = read('<think>a plan');
    expect([answer.text, thoughts(answer), answer.reason]).toEqual(['', ['a plan'], 'AGENT_EMPTY_RESPONSE']);
  });
});

describe('reasoning between tags', () => {
  it('the first token of a thought is shown, also if an earlier thought was only this token', () => {
    const answer = parseText(
      sse('<think>', 'Okay', '</think>', 'Hi', '<think>', 'Okay', ', so', '</think>', 'Bye'),
    );
    expect(thoughts(answer)).toEqual(['Okay', 'Okay, so']);
  });

  it('its text and the answer do not depend on how the network and the tokens split it', () => {
    const piece = fc.constantFrom(
      '<think>',
      '</think>',
      '<thinking>',
      'a',
      ' b',
      '\n',
      '\n\n',
      '`',
      '```',
      '~~~',
      '<',
      '</',
      'c',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const whole = parseText(sse(text));
        const split = parseText(sse(...pieces));
        const bytewise = parseInPieces(Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte)));
        const byChar = parseText(sse(...Array.from(text)));
        expect([split.text, thoughts(split).join('|')]).toEqual([whole.text, thoughts(whole).join('|')]);
        expect([byChar.text, thoughts(byChar).join('|')]).toEqual([whole.text, thoughts(whole).join('|')]);
        if (bytewise.text !== '') expect(bytewise.text).toBe(whole.text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('two agents of one n8n stream think apart from each other', () => {
    const frame = (type: string, nodeId: string, content?: string) =>
      `${JSON.stringify({ type, content, metadata: { nodeId, nodeName: nodeId } })}\n`;
    const answer = parseText(
      frame('begin', 'A') +
        frame('begin', 'B') +
        frame('item', 'A', '<think>plan of A') +
        frame('item', 'B', '<think>plan of B') +
        frame('item', 'A', '</think>I am A') +
        frame('item', 'B', '</think>I am B') +
        frame('end', 'A') +
        frame('end', 'B'),
    );
    expect([answer.text, thoughts(answer)]).toEqual(['I am A\n\nI am B', ['plan of A', 'plan of B']]);
  });
});
