import { searchMessages, type SearchRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { decodeCursor, toPage } from '../page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../text-schema.ts';
import { timeSchema } from '../time-schema.ts';
import type { searchInput, SearchHit } from './chat.schema.ts';
import { findMatches, parseSearch } from './parse-search.ts';

const positionSchema = z.object({ timestamp: timeSchema, id: idSchema });

/** Finds all words of a query in the user's own chats: messages and titles, the newest first. @throws DomainError INVALID_SEARCH */
export async function searchChats(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { query, cursor, limit }: z.output<typeof searchInput>,
): Promise<{ items: SearchHit[]; nextCursor: string | null }> {
  const { included, excluded } = parseSearch(query);
  if (included.length === 0) {
    throw new DomainError(
      'INVALID_SEARCH',
      'Name at least one word to look for: one without a minus before it.',
    );
  }
  const rows = await searchMessages(db, {
    teamId: user.teamId,
    userId: user.id,
    included,
    excluded,
    before: cursor == null ? undefined : decodeCursor(positionSchema, cursor),
    limit: limit + 1,
  });
  const page = toPage(rows, limit, ({ timestamp, id }) => ({ timestamp, id }));
  return { ...page, items: page.items.map((row) => toHit(row, included)) };
}

function toHit(
  { id, messageId, chatId, chatTitle, role, text, timestamp }: SearchRow,
  terms: string[],
): SearchHit {
  return {
    chatId,
    chatTitle,
    messageId: messageId === null ? null : id,
    role,
    text,
    matches: findMatches(text, terms),
    timestamp,
  };
}
