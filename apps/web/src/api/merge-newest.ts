// The pages of a chat that are loaded already, brought up to date with its newest page alone. Older messages do not
// change, so a chat of 5,000 messages costs one request to refresh, and none of what was loaded is lost.
import type { Message, MessagePage, MessagePages } from './types.ts';

/** Pages are newest first, and so are the messages in each. */
export function mergeNewest(known: MessagePages | undefined, newest: MessagePage): MessagePages {
  const oldestNew = newest.items.at(-1);
  const [first, ...others] = known?.pages ?? [];
  const isAllOfIt = newest.nextCursor === null || oldestNew === undefined;
  const newestKnown = first?.items[0];
  const meets = oldestNew !== undefined && newestKnown !== undefined && newestKnown.seq >= oldestNew.seq;
  // Where more was written than fits a page, the pages in between are missing: begin anew from the end.
  if (isAllOfIt || !meets || first === undefined || known === undefined)
    return { pages: [newest], pageParams: [null] };

  const isOlder = ({ seq }: Message): boolean => seq < oldestNew.seq;
  const older = first.items.filter(isOlder);
  const rest = others.map(({ nextCursor, items }) => ({ nextCursor, items: items.filter(isOlder) }));
  const goesOn = older.length > 0 || rest.some(({ items }) => items.length > 0);
  const head = {
    items: [...newest.items, ...older],
    nextCursor: goesOn ? first.nextCursor : newest.nextCursor,
  };
  return goesOn
    ? { pages: [head, ...rest], pageParams: known.pageParams }
    : { pages: [head], pageParams: [null] };
}

/** With `messages` put in: in the place of those with the same id, else at the end. */
export function withMessages(known: MessagePages | undefined, messages: Message[]): MessagePages | undefined {
  const [first, ...others] = known?.pages ?? [];
  if (known === undefined || first === undefined) return known;
  const ids = new Set(messages.map(({ id }) => id));
  const items = [...messages, ...first.items.filter(({ id }) => !ids.has(id))].toSorted(
    (one, two) => two.seq - one.seq,
  );
  return { ...known, pages: [{ ...first, items }, ...others] };
}
