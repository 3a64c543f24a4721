import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { A, B, begin, end, item, read, readLineByLine } from './frames.ts';

describe('a streaming agent', () => {
  it('a text that starts like the text of another node is shown completely', () => {
    const answer = readLineByLine(
      ...[begin(A), item('Yes', A), end(A), begin(B), item('Yes', B), item(', but', B), end(B)],
    );
    expect(answer.text).toBe('Yes\n\nYes, but');
  });

  it.each(['{}', '[]', '[1]', '{', '"', '{"a":'])('the item %s is text', (token) => {
    expect(read(begin(), item('x = '), item(token), end()).text).toBe(`x = ${token}`);
    expect(read(begin(), item(token), item(' x'), end()).text).toBe(`${token} x`);
  });

  it.each([
    [['{"category":"billing"}\n\n', 'Your bill.'], '{"category":"billing"}\n\nYour bill.'],
    [['{"category":"billing"}', '\n\n', 'Your bill.'], '{"category":"billing"}\n\nYour bill.'],
    [['{"output":"a"}', ' is JSON'], '{"output":"a"} is JSON'],
    [['{"a":1}\n', '{"b":2}'], '{"a":1}\n{"b":2}'],
    [['{"a":1}\n{"b":2}'], '{"a":1}\n{"b":2}'],
    [['[{"name":"Ada"},{"name":"Bob"}]'], '[{"name":"Ada"},{"name":"Bob"}]'],
    [['{"type":"end"}\n', '{"type":"begin"}'], '{"type":"end"}\n{"type":"begin"}'],
    [['{"type":"end"}'], '{"type":"end"}'],
    [['{"error":"no route"}'], '{"error":"no route"}'],
    [['null'], 'null'],
    [['data: hello'], 'data: hello'],
    [['<!doctype html><title>A page</title>'], '<!doctype html><title>A page</title>'],
  ])('the words of an agent are its words: %j', (words, text) => {
    const lines = [begin(), ...words.map((said) => item(said)), end()];
    expect(read(...lines)).toMatchObject({ text, outcome: 'succeeded' });
    expect(readLineByLine(...lines).text).toBe(text);
  });

  it('a whole answer in one item is unwrapped if the node says nothing else', () => {
    expect(read(begin(), item('{"output":"Hi"}'), item('\n'), end()).text).toBe('Hi');
  });

  it('characters that JSON splits into two items are shown whole', () => {
    const answer = readLineByLine(begin(), item('a \ud83d'), item('\ude00 b \udead'), item('\ud83d'), end());
    expect(answer.text).toBe('a 😀 b \ufffd');
    for (const event of answer.events) {
      if (event.type === 'text') expect(event.content.isWellFormed()).toBe(true);
    }
  });

  it('a node is named as a status when it begins, once for consecutive turns', () => {
    const answer = read(begin(A), item('x', A), end(A), begin(A), end(A), begin(B), item('y', B), end(B));
    expect(answer.statuses).toEqual(['A', 'B']);
  });

  it('unknown types and fields are ignored', () => {
    const thinking = JSON.stringify({
      type: 'thinking',
      content: 'hm',
      metadata: { nodeId: '1', nodeName: 'x' },
    });
    expect(read(thinking, begin(), thinking, item('x'), '{"type":"later"}', end())).toMatchObject({
      text: 'x',
      outcome: 'succeeded',
    });
  });

  it('metadata and the last line break are optional', () => {
    expect(parseText('{"type":"begin"}\n{"type":"item","content":"x"}\n{"type":"end"}').text).toBe('x');
  });

  it('a broken line is a failure, and the text before it is kept', () => {
    expect(read(begin(), item('x'), '{"type":"item","cont', item('y'))).toMatchObject({
      text: 'x',
      reason: 'AGENT_PROTOCOL_ERROR',
    });
  });
});
