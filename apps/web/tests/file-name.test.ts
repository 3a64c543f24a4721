import { expect, test } from 'vitest';
import { fileName } from '../src/chat-list/file-name.ts';

test('fileName turns any title into a name that is valid on every system', () => {
  expect(fileName('../../etc/passwd')).toBe('etc-passwd');
  expect(fileName('Grüße, "Welt"!')).toBe('Grüße-Welt');
  expect(fileName('???')).toBe('chat');
  expect(fileName('x'.repeat(500))).toHaveLength(60);
});
