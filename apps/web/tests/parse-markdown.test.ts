import type { Nodes } from 'mdast';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../src/markdown/parse-markdown.ts';

/** The tree in short: `strong(bold)`. */
function short(node: Nodes): string {
  if (node.type === 'text' || node.type === 'html') return node.value;
  if (node.type === 'math') return `math(${node.formula})`;
  const name = node.type === 'element' ? node.name : node.type === 'link' ? `link ${node.url} ` : node.type;
  const content = 'children' in node ? node.children.map(short).join('') : '';
  return name === 'root' || name === 'paragraph' ? content : `${name}(${content})`;
}
const parse = (text: string): string => short(parseMarkdown(text));

describe('a dollar', () => {
  test.each([
    '$5 and $10',
    '$5-$10',
    'from $5 to US$ amounts',
    'It costs $5, or A$7 ($6 net).',
    '$5/month for US$',
    'a $ b $ c',
    '$HOME and $PATH',
    'pay 5$ or 10$',
  ])('of money stays text: %s', (text) => {
    expect(parse(text)).toBe(text);
  });

  test.each([
    ['$x$', 'math(x)'],
    ['$2x + 1$', 'math(2x + 1)'],
    ['$a_1 * b_2 * c$', 'math(a_1 * b_2 * c)'],
    [String.raw`$3 \text{ if } x$`, String.raw`math(3 \text{ if } x)`],
    ['so $$x$$ is', 'so math(x) is'],
    [String.raw`so \(x_1\) is`, 'so math(x_1) is'],
    [String.raw`\[x\]`, 'math(x)'],
    [String.raw`\(a`, '(a'],
    ['它是 $x$。', '它是 math(x)。'],
  ])('of a formula begins one: %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });
});

test.each([
  ['~5 to ~10 USD', '~5 to ~10 USD'],
  ['1~2 and 3~4', '1~2 and 3~4'],
  ['~~gone~~', 'delete(gone)'],
])('one tilde does not strike out, two do: %s', (text, expected) => {
  expect(parse(text)).toBe(expected);
});

test.each([
  ['**「强调」**的', 'strong(「强调」)的'],
  ['这是**重要。**后面', '这是strong(重要。)后面'],
  ['見て https://example.com/a。次', '見て link https://example.com/a (https://example.com/a)。次'],
  [
    'https://a.example、https://b.example）',
    'link https://a.example (https://a.example)、link https://b.example (https://b.example)）',
  ],
])('CJK text: %s', (text, expected) => {
  expect(parse(text)).toBe(expected);
});

describe('HTML', () => {
  test.each([
    ['H<sub>2</sub>O', 'Hsub(2)O'],
    ['<kbd class="x" onclick="y">Ctrl</kbd>', 'kbd(Ctrl)'],
    ['a<br/>b', 'abr()b'],
    ['<details>\n<summary>More</summary>\n\n**x**\n\n</details>', 'details(summary(More)strong(x))'],
    ['<details><summary>More</summary>**x**</details>', 'details(summary(More)strong(x))'],
    ['<details open ontoggle=alert(1)>\n\nx', 'details(x)'],
  ])('of the list is read: %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  test.each([
    '<script>alert(1)</script>',
    'a <b>b</b>',
    'the <sub> element',
    '</sub>x',
    '<svg><sub>',
    '<iframe src="x"></iframe>',
    '<!-- comment -->',
  ])('outside the list stays text: %s', (text) => {
    expect(parse(text)).toBe(text);
  });
});

test.each([
  ['a quote in a quote', '>'.repeat(20_000)],
  ['a list in a list', '- '.repeat(10_000)],
  ['brackets', '['.repeat(20_000)],
  ['emphasis', '*a **a '.repeat(2_800)],
  ['headings', 'a\n=\n'.repeat(5_000)],
  ['cells', '|'.repeat(20_000)],
  ['lines', 'a  \n'.repeat(5_000)],
])('twenty thousand characters of %s stay text', (_kind, text) => {
  expect(parse(text)).toBe(text);
});
