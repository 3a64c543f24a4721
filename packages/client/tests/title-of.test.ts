import { expect, test } from 'vitest';
import { titleOf } from '../src/title-of.ts';

test('a short message is its own title, on one line', () => {
  expect(titleOf(' Hello\n  there ')).toBe('Hello there');
});

test('a long one is cut to 60 characters, and never in the middle of one', () => {
  const title = titleOf('word '.repeat(50));
  expect(title).toMatch(/^(word )+word…$|^(word )+wor?…$/);
  expect(title.length).toBeLessThanOrEqual(60);
  const emoji = titleOf('👋'.repeat(50));
  expect(emoji.isWellFormed()).toBe(true);
  expect(emoji.length).toBeLessThanOrEqual(60);
});
