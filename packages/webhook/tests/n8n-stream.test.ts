// Rules of n8n's stream beyond the captured answers.

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
  it('texts of different nodes are separated by a blank line', () => {
    expect(read(begin(A), item('one ', A), end(A), begin(B), item(' two', B), end(B)).text).toBe(
      'one\n\ntwo',
    );
  });

  it.each([
    ['Let me see.', 'It is 4.', 'Let me see.\n\nIt is 4.'],
    ['Let me see:', '## Result', 'Let me see:\n\n## Result'],
    ['Let me see. ', 'It is 4.', 'Let me see. It is 4.'],
    ['Let me see.', '\nIt is 4.', 'Let me see.\nIt is 4.'],
    ['Let me see.\n\n', 'It is 4.', 'Let me see.\n\nIt is 4.'],
  ])(
    'a further turn of one node is a new paragraph unless white space is there: %j, %j',
    (one, two, text) => {
      const turns = [begin(), item(one), end(), begin(), item(two.slice(0, 4)), item(two.slice(4)), end()];
      expect(read(...turns)).toMatchObject({ text, outcome: 'succeeded' });
      expect(readLineByLine(...turns).text).toBe(text);
    },
  );

  it('texts of further runs of one node are separated by a blank line', () => {
    expect(
      read(begin(), item('one'), end(), begin({ run: 1 }), item('two', { run: 1 }), end({ run: 1 })).text,
    ).toBe('one\n\ntwo');
  });

  it('texts of interleaved items are kept together, in the order in which they began', () => {
    const zero = { item: 0 };
    const one = { item: 1 };
    const answer = readLineByLine(
      ...[begin(zero), begin(one), item('b', one), item('a', zero), item('b', one), item('a', zero)],
      ...[end(zero), item('b', one), end(one)],
    );
    expect(answer).toMatchObject({ text: 'aa\n\nbbb', outcome: 'succeeded' });
    expect(answer.events.some((event) => event.type === 'text' && event.reset)).toBe(false);
  });

  it('texts of any interleaving of four items are kept together', () => {
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

  it('an item that continues after a later one was shown has one text', () => {
    const one = { item: 1 };
    const answer = readLineByLine(
      ...[begin(), item('a'), end(), begin(one), item('b', one), begin(), item(' more a'), end(), end(one)],
    );
    expect(answer).toMatchObject({ text: 'a more a\n\nb', outcome: 'succeeded' });
  });

  it('the text of a node that continues after another node follows below it', () => {
    const answer = readLineByLine(
      ...[begin(A), item('ask B', A), begin(B), item('I am B', B), end(B), item('B says B', A), end(A)],
    );
    expect(answer).toMatchObject({ text: 'ask B\n\nI am B\n\nB says B', outcome: 'succeeded' });
  });
});

describe('a retry inside n8n', () => {
  it('a retry withdraws the text of the first attempt, and nothing else', () => {
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

  it('a retry also withdraws the earlier turns of its node', () => {
    const answer = read(begin(), item('Let me see.'), end(), begin(), item('It'), begin(), item('4'), end());
    expect(answer).toMatchObject({ text: '4', outcome: 'succeeded' });
  });

  it('a retry that ends with an error keeps the text of the last attempt', () => {
    const answer = read(begin(), item('1 2'), begin(), item('1'), error('connection lost'));
    expect(answer).toMatchObject({ text: '1', reason: 'AGENT_ERROR' });
  });

  it('endless retries fail with AGENT_RESPONSE_TOO_LARGE', () => {
    const long = 'x'.repeat(1000);
    const lines = [begin(A), item(long, A), end(A)];
    for (let round = 0; round < 5_000; round++) lines.push(begin(B), item('y', B));
    expect(readLineByLine(...lines)).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
  });
});

describe('an error inside n8n', () => {
  it('the agent may continue and answer after the error of a tool', () => {
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

  it('the error of a node after the answer is a failure, and the answer is kept', () => {
    expect(read(begin(A), item('done', A), end(A), error('boom', B))).toMatchObject({
      text: 'done',
      reason: 'AGENT_ERROR',
    });
  });

  it.each([
    ['text', 'boom'],
    ['null', null],
    ['nothing', undefined],
  ])('an error with %s as its content is AGENT_ERROR', (_, content) => {
    expect(read(begin(), error(content))).toMatchObject({ text: '', reason: 'AGENT_ERROR' });
  });

  it('the hint for the admin names the node and quotes the error; the message for the user does not', () => {
    const { error: failure } = read(
      begin(),
      error('Wrong API key: sk-abcdef123456 (see https://u:p@host/x?token=abc)'),
    );
    expect(failure?.hint).toContain('The node "Agent" failed and reported: Wrong API key: [redacted]');
    expect(failure?.hint).not.toMatch(/abcdef123456|u:p@|token=abc/);
    expect(failure?.message).toBe('The agent failed while answering.');
  });

  it('keepalives after an error do not clear it', () => {
    expect(read(begin(), error('boom'), keepalive, keepalive)).toMatchObject({ reason: 'AGENT_ERROR' });
  });
});

describe('a node that began and never ended', () => {
  it('a node that never ended is a failure, and its text is kept', () => {
    expect(read(begin(), item('half'))).toMatchObject({ text: 'half', reason: 'AGENT_ERROR' });
  });

  it('a node that never ended is not a failure if a later node answers', () => {
    expect(read(begin(A), item('half', A), begin(B), item('Sorry.', B), end(B))).toMatchObject({
      text: 'half\n\nSorry.',
      outcome: 'succeeded',
    });
  });

  it('a node that never ended is a failure if a later node has no text', () => {
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
  ])('Respond to Webhook adds nothing if it repeats the whole answer as %s', (_, content) => {
    const answer = read(begin(), item('w1 '), item('w2 '), end(), ...respond(content));
    expect(answer).toMatchObject({ text: 'w1 w2', outcome: 'succeeded' });
  });

  it('Respond to Webhook adds nothing if it repeats the last turn', () => {
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

  it('Respond to Webhook adds nothing if it repeats the texts of several nodes', () => {
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

  it('Respond to Webhook adds nothing if it repeats turns that are new paragraphs', () => {
    const turns = [begin(), item('Room 1101'), end(), begin(), item('Done!'), end()];
    expect(read(...turns, ...respond('{"output":"Room 1101Done!"}')).text).toBe('Room 1101\n\nDone!');
    expect(read(...turns, ...respond('Room 1101\nDone!')).text).toBe('Room 1101\n\nDone!');
  });

  it('Respond to Webhook adds neither text nor reasoning if it repeats both', () => {
    const said = '<think>First I look at the invoices, then I add them up.</think>Hello';
    const answer = read(begin(), item(said), end(), ...respond(JSON.stringify({ output: said })));
    expect(answer.text).toBe('Hello');
    expect(answer.parts.filter(({ type }) => type === 'reasoning')).toHaveLength(1);
  });

  it('a different text of Respond to Webhook is shown below the answer', () => {
    expect(read(begin(), item('w1'), end(), ...respond('{"output":"w2"}')).text).toBe('w1\n\nw2');
  });

  it('JSON of an unknown shape from Respond to Webhook is never shown', () => {
    const secret = '{"headers":{"authorization":"Bearer s3cret"},"body":{}}';
    const answer = read(...respond(secret));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_MISCONFIGURED' });
    expect(JSON.stringify([answer.error?.message, answer.error?.hint])).not.toContain('s3cret');
  });
});

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
