import type { Chat } from '../api/types.ts';

export interface ChatGroup {
  title: string;
  chats: Chat[];
}

const DAY_MS = 86_400_000;

/** Groups chats under headings: pinned chats first, then by the local day of the last message. Keeps the order of the chats. */
export function groupByDay(chats: Chat[], now = new Date()): ChatGroup[] {
  const groups = new Map<string, Chat[]>();
  const pinned = chats.filter(({ isPinned }) => isPinned);
  if (pinned.length > 0) groups.set('Pinned', pinned);
  for (const chat of chats.filter(({ isPinned }) => !isPinned)) {
    const title = titleOfDay(new Date(chat.lastActivityAt), now);
    groups.set(title, [...(groups.get(title) ?? []), chat]);
  }
  return [...groups].map(([title, members]) => ({ title, chats: members }));
}

function titleOfDay(day: Date, now: Date): string {
  const daysAgo = Math.round((startOfDay(now) - startOfDay(day)) / DAY_MS);
  if (daysAgo <= 0) return 'Today';
  if (daysAgo === 1) return 'Yesterday';
  if (daysAgo <= 7) return 'Last 7 days';
  if (daysAgo <= 30) return 'Last 30 days';
  const isThisYear = day.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat('en', { month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) }).format(
    day,
  );
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
