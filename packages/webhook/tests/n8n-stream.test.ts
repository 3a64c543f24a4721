// What n8n's stream means beyond the captured bytes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInPieces, parseText } from './collect-answer.ts';

interface Where {
  node?: string;
  item?: number;
  run?: number;
}

const frame = (type: string, content?: unknown, { node = 'Agent', item = 0, run = 0 }: Where = {}) =>
  JSON.stringify({
    type,
    content,
    metadata: { nodeId: `id of ${node}`, nodeName: node, itemIndex: item, runIndex: run, timestamp: 1 },
  });
const begin = (where?: Where) => frame('begin', undefined, where);
const item = (content: unknown, where?: Where) => frame('item', content, where);
const end = (where?: Where) => frame('end', undefined, where);
const error = (content?: unknown, where?: Where) => frame('error', content, where);
const keepalive = '{"type":"keepalive"}';

const read = (...lines: string[]) => parseText(lines.map((line) => `${line}\n`).join(''));
const readLineByLine = (...lines: string[]) => parseInPieces(lines.map((line) => Buffer.from(`${line}\n`)));

const A = { node: 'A' };
const B = { node: 'B' };

describe('texts of several nodes and items', () => {
  it('of different nodes are separated by a blank line', () => {
    expect(read(begin(A), item('one ', A), end(A), begin(B), item(' two', B), end(B)).text).toBe(
      'one\n\ntwo',
    );
  });

  it('of further turns of one node simply continue', () => {
    const answer = read(begin(), item('Let me see. '), end(), begin(), item('It is 4.'), end());
    expect(answer).toMatchObject({ text: 'Let me see. It is 4.', outcome: 'succeeded' });
  });

  it('of further runs of one node are separated by a blank line', () => {
    expect(
      read(begin(), item('one'), end(), begin({ run: 1 }), item('two', { run: 1 }), end({ run: 1 })).text,
    ).toBe('one\n\ntwo');
  });

  it('of items that interleave are each kept together, in the order in which they began', () => {
    const zero = { item: 0 };
    const one = { item: 1 };
    const answer = readLineByLine(
      ...[begin(zero), begin(one), item('b', one), item('a', zero), item('b', one), item('a', zero)],
      ...[end(zero), item('b', one), end(one)],
    );
    expect(answer).toMatchObject({ text: 'aa\n\nbbb', outcome: 'succeeded' });
    expect(answer.events.some((event) => event.type === 'text' && event.reset)).toBe(false);
  });

  it('of any number of interleaving items are each kept together', () => {
    const words = fc.array(fc.tuple(fc.nat(3), fc.constantFrom('x ', 'y', ' z', '1')), { maxLength: 30 });
    fc.assert(
      fc.property(words, (spoken) => {
        const items = [0, 1, 2, 3];
        const texts = items.map((which) =>
          spoken.flatMap(([of, word]) => (of === which ? [word] : [])).join(''),
        );
        const answer = readLineByLine(
          ...items.map((which) => begin({ item: which })),
          ...spoken.map(([of, word]) => item(word, { item: of })),
          ...items.map((which) => end({ item: which })),
        );
        expect(answer.text).toBe(
          texts
            .map((text) => text.trim())
            .filter(Boolean)
            .join('\n\n'),
        );
      }),
    );
  });

  it('of an item that speaks again after a later one was shown are put together', () => {
    const one = { item: 1 };
    const answer = readLineByLine(
      ...[begin(), item('a'), end(), begin(one), item('b', one), begin(), item(' more a'), end(), end(one)],
    );
    expect(answer).toMatchObject({ text: 'a more a\n\nb', outcome: 'succeeded' });
  });

  it('of a node that goes on after another one spoke follow below it', () => {
    const answer = readLineByLine(
      ...[begin(A), item('ask B', A), begin(B), item('I am B', B), end(B), item('B says B', A), end(A)],
    );
    expect(answer).toMatchObject({ text: 'ask B\n\nI am B\n\nB says B', outcome: 'succeeded' });
  });
});

describe('a retry inside n8n', () => {
  it('takes back what the first attempt said, and nothing else', () => {
    const answer = readLineByLine(
      ...[begin(A), item('first', A), end(A), begin(B), item('lost', B), begin(B), item('kept', B), end(B)],
    );
    expect(answer).toMatchObject({ text: 'first\n\nkept', outcome: 'succeeded' });
    expect(answer.events.filter((event) => event.type === 'text')).toEqual([
      { type: 'text', content: 'first' },
      { type: 'text', content: '\n\nlost' },
      { type: 'text', content: 'first', reset: true },
      { type: 'text', content: '\n\nkept' },
    ]);
  });

  it('takes back the turns before it in the same node, too', () => {
    const answer = read(begin(), item('Let me see.'), end(), begin(), item('It'), begin(), item('4'), end());
    expect(answer).toMatchObject({ text: '4', outcome: 'succeeded' });
  });

  it('that ends in an error leaves what the last attempt said', () => {
    const answer = read(begin(), item('1 2'), begin(), item('1'), error('connection lost'));
    expect(answer).toMatchObject({ text: '1', reason: 'AGENT_ERROR' });
  });

  it('repeated for ever is stopped', () => {
    const long = 'x'.repeat(1000);
    const lines = [begin(A), item(long, A), end(A)];
    for (let round = 0; round < 5_000; round++) lines.push(begin(B), item('y', B));
    expect(readLineByLine(...lines)).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
  });
});

describe('an error inside n8n', () => {
  it('of a tool is not the end: the agent may go on and answer', () => {
    const answer = read(
      begin(),
      item('Let me see. '),
      end(),
      error('no route', { node: 'Tool' }),
      begin(),
      item('Sorry.'),
      end(),
    );
    expect(answer).toMatchObject({ text: 'Let me see. Sorry.', outcome: 'succeeded' });
  });

  it('of a node after the answer is a failure, with the answer kept', () => {
    expect(read(begin(A), item('done', A), end(A), error('boom', B))).toMatchObject({
      text: 'done',
      reason: 'AGENT_ERROR',
    });
  });

  it.each([
    ['text', 'boom'],
    ['null', null],
    ['nothing', undefined],
  ])('may come with %s for content', (_, content) => {
    expect(read(begin(), error(content))).toMatchObject({ text: '', reason: 'AGENT_ERROR' });
  });

  it('is named to the admin with its node and its words, and neither to the user', () => {
    const { error: failure } = read(
      begin(),
      error('Wrong API key: sk-abcdef123456 (see https://u:p@host/x?token=abc)'),
    );
    expect(failure?.hint).toContain('The node "Agent" failed and reported: Wrong API key: [redacted]');
    expect(failure?.hint).not.toMatch(/abcdef123456|u:p@|token=abc/);
    expect(failure?.message).toBe('The agent failed while answering.');
  });

  it('outlives keepalives', () => {
    expect(read(begin(), error('boom'), keepalive, keepalive)).toMatchObject({ reason: 'AGENT_ERROR' });
  });
});

describe('a node that began and never ended', () => {
  it('is a failure, with its text kept', () => {
    expect(read(begin(), item('half'))).toMatchObject({ text: 'half', reason: 'AGENT_ERROR' });
  });

  it('is none if a later node answers', () => {
    expect(read(begin(A), item('half', A), begin(B), item('Sorry.', B), end(B))).toMatchObject({
      text: 'half\n\nSorry.',
      outcome: 'succeeded',
    });
  });

  it('is one if a later node says nothing', () => {
    expect(read(begin(A), item('half', A), begin(B), end(B))).toMatchObject({ reason: 'AGENT_ERROR' });
  });
});

describe('Respond to Webhook in a stream', () => {
  const Respond = { node: 'Respond to Webhook' };
  const respond = (content: unknown) => [begin(Respond), item(content, Respond), end(Respond)];

  it.each([
    ['JSON', '{"output":"w1  w2"}'],
    ['an n8n item', '[{"json":{"output":"w1 w2\\n"}}]'],
    ['text', 'w1 w2'],
    ['a value that is not in a string', { output: 'w1 w2' }],
  ])('that repeats the whole answer as %s adds nothing', (_, content) => {
    const answer = read(begin(), item('w1 '), item('w2 '), end(), ...respond(content));
    expect(answer).toMatchObject({ text: 'w1 w2', outcome: 'succeeded' });
  });

  it('that repeats the last turn adds nothing', () => {
    const answer = read(
      begin(),
      item('Let me see. '),
      end(),
      begin(),
      item('It is 4.'),
      end(),
      ...respond('{"output":"It is 4."}'),
    );
    expect(answer.text).toBe('Let me see. It is 4.');
  });

  it('that repeats the texts of several nodes adds nothing', () => {
    const answer = read(
      begin(A),
      item('one', A),
      end(A),
      begin(B),
      item('two', B),
      end(B),
      ...respond('{"text":"one\\n\\ntwo"}'),
    );
    expect(answer.text).toBe('one\n\ntwo');
  });

  it('that says something else is shown below', () => {
    expect(read(begin(), item('w1'), end(), ...respond('{"output":"w2"}')).text).toBe('w1\n\nw2');
  });

  it('with JSON of unknown shape is never shown', () => {
    const secret = '{"headers":{"authorization":"Bearer s3cret"},"body":{}}';
    const answer = read(...respond(secret));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_MISCONFIGURED' });
    expect(JSON.stringify([answer.error?.message, answer.error?.hint])).not.toContain('s3cret');
  });
});

describe('a streaming agent', () => {
  it('that starts with what another said goes on, and loses nothing', () => {
    const answer = readLineByLine(
      ...[begin(A), item('Yes', A), end(A), begin(B), item('Yes', B), item(', but', B), end(B)],
    );
    expect(answer.text).toBe('Yes\n\nYes, but');
  });

  it.each(['{}', '[]', '[1]', '{', '"', '{"a":'])('may say %s', (token) => {
    expect(read(begin(), item('x = '), item(token), end()).text).toBe(`x = ${token}`);
    expect(read(begin(), item(token), item(' x'), end()).text).toBe(`${token} x`);
  });

  it('may have its characters cut in two by JSON, and shows them whole', () => {
    const answer = readLineByLine(begin(), item('a \ud83d'), item('\ude00 b \udead'), item('\ud83d'), end());
    expect(answer.text).toBe('a 😀 b \ufffd');
    for (const event of answer.events) {
      if (event.type === 'text') expect(event.content.isWellFormed()).toBe(true);
    }
  });

  it('has its node named as a status when it begins, once while it is the same', () => {
    const answer = read(begin(A), item('x', A), end(A), begin(A), end(A), begin(B), item('y', B), end(B));
    expect(answer.statuses).toEqual(['A', 'B']);
  });

  it('may send types and fields that are not known yet', () => {
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

  it('may leave out the metadata and the last line break', () => {
    expect(parseText('{"type":"begin"}\n{"type":"item","content":"x"}\n{"type":"end"}').text).toBe('x');
  });

  it('that sends a broken line is a failure, with the text before it kept', () => {
    expect(read(begin(), item('x'), '{"type":"item","cont', item('y'))).toMatchObject({
      text: 'x',
      reason: 'AGENT_PROTOCOL_ERROR',
    });
  });
});
