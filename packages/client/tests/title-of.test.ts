import { expect, test } from 'vitest';
import { titleOf } from '../src/title-of.ts';

test('the title of a short message is the message, on one line', () => {
  expect(titleOf(' Hello\n  there ')).toBe('Hello there');
});

test('a long message is cut to a title of 60 characters, never within a character', () => {
  const title = titleOf('word '.repeat(50));
  expect(title).toMatch(/^(word )+word…$|^(word )+wor?…$/);
  expect(title.length).toBeLessThanOrEqual(60);
  const emoji = titleOf('👋'.repeat(50));
  expect(emoji.isWellFormed()).toBe(true);
  expect(emoji.length).toBeLessThanOrEqual(60);
});
