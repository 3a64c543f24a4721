// Refreshes the loaded pages of a chat with its newest page alone: older messages do not change, so that a chat of
// 5,000 messages takes one request and keeps every page that was loaded.
import type { Message } from '../router-types.ts';
import type { MessagePage, MessagePages } from './types.ts';

/** Pages, and the messages on each, are newest first. */
export function mergeNewest(known: MessagePages | undefined, newest: MessagePage): MessagePages {
  const oldestNew = newest.items.at(-1);
  const [first, ...others] = known?.pages ?? [];
  const isComplete = newest.nextCursor === null || oldestNew === undefined;
  const newestKnown = first?.items[0];
  const overlaps = oldestNew !== undefined && newestKnown !== undefined && newestKnown.seq >= oldestNew.seq;
  // A send can overtake a refresh, so that the page lacks messages which are known already.
  const newestSeq = newest.items[0]?.seq ?? 0;
  const sentSince = first?.items.filter(({ seq }) => seq > newestSeq) ?? [];
  const head = [...sentSince, ...newest.items];
  // More new messages than fit a page leave a gap: start again with the newest page.
  if (isComplete || !overlaps || first === undefined || known === undefined)
    return { pages: [{ ...newest, items: head }], pageParams: [null] };

  const isOlder = ({ seq }: Message): boolean => seq < oldestNew.seq;
  const older = first.items.filter(isOlder);
  const rest = others.map(({ nextCursor, items }) => ({ nextCursor, items: items.filter(isOlder) }));
  const hasOlder = older.length > 0 || rest.some(({ items }) => items.length > 0);
  const firstPage = {
    items: [...head, ...older],
    nextCursor: hasOlder ? first.nextCursor : newest.nextCursor,
  };
  return hasOlder
    ? { pages: [firstPage, ...rest], pageParams: known.pageParams }
    : { pages: [firstPage], pageParams: [null] };
}

/** Upserts `messages` by id. */
export function withMessages(known: MessagePages | undefined, messages: Message[]): MessagePages | undefined {
  const [first, ...others] = known?.pages ?? [];
  if (known === undefined || first === undefined) return known;
  const ids = new Set(messages.map(({ id }) => id));
  const items = [...messages, ...first.items.filter(({ id }) => !ids.has(id))].toSorted(
    (one, two) => two.seq - one.seq,
  );
  return { ...known, pages: [{ ...first, items }, ...others] };
}
