import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/index.ts';
import type { MessagePage, MessagePages } from '../../src/react/types.ts';
import { mergeNewest, withMessages } from '../../src/react/merge-newest.ts';

function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    role: seq % 2 === 1 ? 'user' : 'assistant',
    content: `text ${seq}`,
    timestamp: '2026-11-23T08:00:00.000Z',
    status: 'complete',
    parts: [],
    isSuperseded: false,
    runId: null,
    error: null,
    ...change,
  };
}

/** A page of messages, newest first. */
function page(newest: number, oldest: number): MessagePage {
  const items = Array.from({ length: newest - oldest + 1 }, (_, index) => message(newest - index));
  return { items, nextCursor: oldest === 1 ? null : `before-${oldest}` };
}

function loaded(...pages: MessagePage[]): MessagePages {
  return { pages, pageParams: pages.map((_, index) => pages[index - 1]?.nextCursor ?? null) };
}

const seqs = (pages: MessagePages): number[] =>
  pages.pages.flatMap(({ items }) => items.map(({ seq }) => seq));

describe('mergeNewest', () => {
  test('adds new messages and keeps the older pages', () => {
    const merged = mergeNewest(loaded(page(10, 6), page(5, 3)), page(12, 8));
    expect(seqs(merged)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(merged.pages.at(-1)?.nextCursor).toBe('before-3');
    expect(merged.pages).toHaveLength(2);
    expect(merged.pageParams).toHaveLength(2);
  });

  test('replaces messages that have changed', () => {
    const newest = page(10, 6);
    newest.items[0] = message(10, { content: 'changed', status: 'failed' });
    const merged = mergeNewest(loaded(page(10, 6), page(5, 1)), newest);
    expect(merged.pages[0]?.items[0]).toMatchObject({ content: 'changed', status: 'failed' });
    expect(seqs(merged)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('drops an answer that was superseded', () => {
    const newest = page(11, 6);
    newest.items = newest.items.filter(({ seq }) => seq !== 10);
    expect(seqs(mergeNewest(loaded(page(10, 6)), newest))).toEqual([11, 9, 8, 7, 6]);
  });

  test('keeps only the newest page when messages in between are missing', () => {
    const merged = mergeNewest(loaded(page(10, 6), page(5, 1)), page(40, 31));
    expect(seqs(merged)).toEqual([40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
    expect(merged.pages.at(-1)?.nextCursor).toBe('before-31');
  });

  test('keeps only the newest page when it is the whole chat', () => {
    const merged = mergeNewest(loaded(page(4, 1)), page(6, 1));
    expect(seqs(merged)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(merged.pages.at(-1)?.nextCursor).toBeNull();
  });

  test('keeps messages that are newer than the page, since a send can overtake a refresh', () => {
    const sent = withMessages(loaded(page(10, 6), page(5, 1)), [message(11), message(12)]);
    expect(seqs(mergeNewest(sent, page(10, 6)))).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const first = withMessages(loaded({ items: [], nextCursor: null }), [message(1), message(2)]);
    expect(seqs(mergeNewest(first, { items: [], nextCursor: null }))).toEqual([2, 1]);
  });

  test('never returns a message twice or out of order', () => {
    for (let total = 1; total <= 30; total += 1) {
      for (let known = 1; known <= total; known += 1) {
        const before = loaded(page(known, Math.max(1, known - 4)), page(Math.max(1, known - 5), 1));
        const merged = seqs(mergeNewest(before, page(total, Math.max(1, total - 6))));
        const unique = [...new Set(merged)].toSorted((one, two) => two - one);
        if (known > 5) expect(merged).toEqual(unique);
        expect(merged[0]).toBe(total);
      }
    }
  });
});

describe('withMessages', () => {
  test('adds new messages in order', () => {
    const merged = withMessages(loaded(page(4, 1)), [message(5), message(6, { status: 'streaming' })]);
    expect(merged && seqs(merged)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('replaces messages with the same id', () => {
    const merged = withMessages(loaded(page(4, 1)), [message(4, { content: 'whole' })]);
    expect(merged?.pages[0]?.items[0]?.content).toBe('whole');
    expect(merged && seqs(merged)).toEqual([4, 3, 2, 1]);
  });
});
