// Keyset pagination for all lists: a page and the cursor of the next page. Cursors are opaque to clients.
import { z } from 'zod';
import { DomainError } from '../errors.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
/** Ends a page of long items early: a message may have 4 MB, an agent's prompt and config 0.5 MB. */
export const MAX_PAGE_BYTES = 1_000_000;

export const pageInput = z.object({
  /** `nextCursor` of the previous page. */
  cursor: z.string().max(500).nullish(),
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
});

export function pageOutput<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws DomainError INVALID_CURSOR */
export function decodeCursor<Position>(schema: z.ZodType<Position>, cursor: string): Position {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new DomainError(
      'INVALID_CURSOR',
      'This cursor is not valid: pass the nextCursor of the previous page.',
    );
  }
}

/** The cursor of the page after `position`, if there is one. */
export function nextCursor(position: unknown): string | null {
  return position === undefined ? null : encodeCursor(position);
}

/** Makes a page from a list that was read with one item more than the limit. */
export function toPage<Item>(
  items: Item[],
  limit: number,
  positionOf: (last: Item) => unknown,
): { items: Item[]; nextCursor: string | null } {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  const hasMore = items.length > limit && last !== undefined;
  return { items: page, nextCursor: hasMore ? encodeCursor(positionOf(last)) : null };
}
