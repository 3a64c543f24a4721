import type { RouterOutputs } from '@parley/client';

export type UsageRow = RouterOutputs['admin']['usage']['items'][number];

const DAY_MS = 86_400_000;

/** The first day of a range that ends today, in UTC: `2026-11-23`. */
export function firstDay(days: number, now = Date.now()): string {
  return dayOf(now - (days - 1) * DAY_MS);
}

/** A row for each day, oldest first. Days without a row get zeros. */
export function fillDays(rows: UsageRow[], days: number, now = Date.now()): (UsageRow & { key: string })[] {
  const known = new Map(rows.map((row) => [row.key, row]));
  return Array.from({ length: days }, (_, index) => {
    const key = dayOf(now - (days - 1 - index) * DAY_MS);
    return { ...(known.get(key) ?? noUsage), key };
  });
}

const noUsage: UsageRow = {
  key: null,
  label: null,
  runs: 0,
  succeeded: 0,
  failed: 0,
  canceled: 0,
  interrupted: 0,
  users: 0,
  chats: 0,
  averageMs: null,
};

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
