import { describe, expect, test } from 'vitest';
import { splitBlocks, type Block } from '../src/markdown/split-blocks.ts';

const split = (source: string, isComplete = true): Block[] =>
  splitBlocks(source, undefined, isComplete).blocks;
const kinds = (source: string, isComplete = true): string[] =>
  split(source, isComplete).map(({ type }) => type);
const texts = (source: string): string[] =>
  split(source).map((block) =>
    block.type === 'code' ? block.code : block.type === 'math' ? block.formula : block.text,
  );

test('paragraphs, lists and code are blocks of their own; a list with blank lines is one', () => {
  expect(texts('One\n\n- a\n\n- b\n\n  c\n\nTwo\n```js\nx\n\ny\n```\nThree')).toEqual([
    'One',
    '- a\n\n- b\n\n  c',
    'Two',
    'x\n\ny',
    'Three',
  ]);
});

test('code in a list item belongs to its list', () => {
  expect(kinds('1. Do:\n\n   ```sh\n   npm i\n\n   npm start\n   ```\n\n2. Then this')).toEqual(['text']);
});

describe('a fence of Markdown', () => {
  const example = '```markdown\n# Title\n\n```sh\nnpm i\n```\n\nMore\n```\n\nAfter';

  test('contains inner fences of the same length', () => {
    expect(texts(example)).toEqual(['# Title\n\n```sh\nnpm i\n```\n\nMore', 'After']);
  });

  test('ends at the first fence if it would otherwise have no end', () => {
    expect(texts('```md\n```js\nx\n```\nAfter')).toEqual(['```js\nx', 'After']);
  });
});

test('a formula can have blank lines; without an end it is text', () => {
  expect(split('$$\na\n\nb\n$$\nText')).toMatchObject([
    { type: 'math', formula: 'a\n\nb', isClosed: true },
    { type: 'text', text: 'Text' },
  ]);
  expect(kinds('\\[\na = b\n\\]')).toEqual(['math']);
  expect(kinds('$$\na')).toEqual(['text']);
  expect(split('$$\na', false)).toMatchObject([{ type: 'math', isClosed: false }]);
});

test('blank lines do not end details', () => {
  expect(kinds('<details>\n<summary>More</summary>\n\n```js\nx\n```\n\nText\n\n</details>\n\nAfter')).toEqual(
    ['text', 'text'],
  );
});

test('footnotes are blocks, with their indented lines', () => {
  expect(split('A[^1]\n\n[^1]: One\n    two\n[^b]: Three')).toMatchObject([
    { type: 'text' },
    { type: 'footnote', label: '1', text: 'One\ntwo' },
    { type: 'footnote', label: 'b', text: 'Three' },
  ]);
});

test('a split that continues after every character equals a split of the whole, and keeps the blocks before the last', () => {
  const source =
    'One\n\n- a\n\n- b\n\n```md\n```js\nx\n```\n```\n\n$$\nx\n$$\n\n<details>\n\nx\n\n</details>\n\n[^1]: x\n\nEnd';
  let previous = splitBlocks('', undefined, false);
  for (let end = 1; end <= source.length; end += 1) {
    const next = splitBlocks(source.slice(0, end), previous, false);
    for (const [index, block] of previous.blocks.slice(0, -1).entries())
      expect(next.blocks[index]).toBe(block);
    previous = next;
  }
  expect(splitBlocks(source, previous, true).blocks).toEqual(split(source));
});

test.each([
  ['one line', 'a'],
  ['empty lines', '\n'],
  ['paragraphs', 'a\n\n'],
  ['fences', '```\n'],
  ['fences of Markdown without an end', '```md\n```a\n```\n'],
  ['formulas without an end', '\\[\n'],
  ['details', '<details>\n\n'],
  ['footnotes', '[^a]: x\n'],
])(
  'a megabyte of %s is split in linear time',
  (_kind, part) => {
    const source = part.repeat(1_000_000 / part.length);
    const startedAt = performance.now();
    split(source);
    // A busy machine takes seconds; a quadratic split takes minutes.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  },
  60_000,
);
