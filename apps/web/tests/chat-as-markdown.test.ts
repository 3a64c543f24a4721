import { expect, test } from 'vitest';
import type { Message } from '../src/chat/chat-types.ts';
import { fileName, toMarkdown } from '../src/chats/chat-as-markdown.ts';

const message = (role: 'user' | 'assistant', content: string, status: Message['status'] = 'complete') =>
  ({
    id: content,
    seq: 1,
    role,
    content,
    status,
    timestamp: '2026-11-23T08:00:00.000Z',
    isSuperseded: false,
    runId: null,
    error: null,
  }) satisfies Message;

test('an exported chat names who wrote what and when, and which answer is not whole', () => {
  const text = toMarkdown(
    'A\ntitle',
    [message('user', 'Hi'), message('assistant', '**Hal', 'canceled')],
    'Demo',
  );
  expect(text).toBe(
    '# A title\n\n## You, 2026-11-23T08:00:00.000Z\n\nHi\n\n## Demo, 2026-11-23T08:00:00.000Z\n\n**Hal\n\n_(canceled)_\n',
  );
});

test('a title becomes a file name that no system stumbles over', () => {
  expect(fileName('../../etc/passwd')).toBe('etc-passwd');
  expect(fileName('Grüße, "Welt"!')).toBe('Grüße-Welt');
  expect(fileName('???')).toBe('chat');
  expect(fileName('x'.repeat(500))).toHaveLength(60);
});
