import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { A, B, begin, end, item, read, readLineByLine } from './frames.ts';

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
