import { expect, test } from 'vitest';
import type { Chat } from '../src/api/types.ts';
import { groupByDay } from '../src/chat-list/group-by-day.ts';

const now = new Date(2026, 10, 23, 0, 30);

function chat(id: string, lastActivityAt: Date, isPinned = false): Chat {
  const timestamp = lastActivityAt.toISOString();
  return {
    id,
    agentId: null,
    title: id,
    isPinned,
    isArchived: false,
    lastActivityAt: timestamp,
    createdAt: timestamp,
    updatedAt: timestamp,
  };
}

test('groupByDay groups chats by the local day of their last message and keeps their order', () => {
  const groups = groupByDay(
    [
      chat('now', new Date(2026, 10, 23, 0, 10)),
      chat('an hour ago', new Date(2026, 10, 22, 23, 30)),
      chat('in the week', new Date(2026, 10, 17, 12)),
      chat('in the month', new Date(2026, 10, 2, 12)),
      chat('in summer', new Date(2026, 6, 2, 12)),
      chat('a year ago', new Date(2025, 6, 2, 12)),
    ],
    now,
  );
  expect(groups.map(({ title, chats }) => [title, chats.map(({ id }) => id)])).toEqual([
    ['Today', ['now']],
    ['Yesterday', ['an hour ago']],
    ['Last 7 days', ['in the week']],
    ['Last 30 days', ['in the month']],
    ['July', ['in summer']],
    ['July 2025', ['a year ago']],
  ]);
});

test('groupByDay puts pinned chats first, however old they are', () => {
  const old = chat('old', new Date(2024, 1, 1), true);
  const groups = groupByDay([chat('new', now), old], now);
  expect(groups.map(({ title }) => title)).toEqual(['Pinned', 'Today']);
});

test('groupByDay puts a chat with a timestamp in the future under Today', () => {
  expect(groupByDay([chat('soon', new Date(2026, 10, 24))], now)[0]?.title).toBe('Today');
});
