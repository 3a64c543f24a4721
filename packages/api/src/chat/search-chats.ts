import {
  search,
  type ChatToSearch,
  type FoundMessage,
  type SearchTerms,
  type UserWithTeam,
} from '@parley/db';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, encodeCursor, pageInput, pageOutput } from '../schema/page-schema.ts';
import { textSchema } from '../schema/text-schema.ts';
import { timeSchema } from '../schema/time-schema.ts';
import type { Services } from '../services.ts';
import { authedProcedure } from '../trpc.ts';
import { findMatches, parseSearch } from './parse-search.ts';

const searchInput = pageInput.extend({
  /** Words, `"phrases"`, and `-words` that must not be there. */
  query: textSchema({ min: 1, max: 200 }),
});

const searchHit = z
  .object({
    chatId: z.string(),
    chatTitle: z.string(),
    /** Null where it is the chat's title that was found. */
    messageId: z.string().nullable(),
    role: z.enum(['user', 'assistant']).nullable(),
    /** What is around the first match: plain text, to be shown as such. */
    text: z.string(),
    /** Where the words are in `text`, in UTF-16 code units, as strings of JavaScript count. */
    matches: z.array(z.object({ start: z.number(), end: z.number() })),
    timestamp: z.string(),
  })
  .meta({ id: 'SearchHit' });

type SearchHit = z.output<typeof searchHit>;

const searchOutput = pageOutput(searchHit);

export const searchChatsProcedure = authedProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/search',
      summary: 'Search your chats',
      description:
        'In titles and messages, the chat with the newest activity first, and in it the newest message. All words have to be there, in any case and also as parts of words; `"a phrase"` as it is; `-word` must not be there. A page may have fewer hits than its limit, or none: there are more as long as there is a cursor.',
      errors: ['INVALID_SEARCH', 'INVALID_CURSOR'],
    },
  })
  .input(searchInput)
  .output(searchOutput)
  .query(({ ctx, input, signal }) => searchChats(ctx, ctx.user, input, { signal }));

/** What has been searched: up to a chat, and in it up to the message before this seq. */
const positionSchema = z.object({
  lastActivityAt: timeSchema,
  chatId: idSchema,
  beforeSeq: z.int().min(0).max(2_147_483_647),
});

type Position = z.output<typeof positionSchema>;

/** A title comes before the messages. */
const TITLE_SEQ = 2_147_483_647;
/** Then the page ends, be there enough on it or not: about a second. */
const MAX_MESSAGES_READ = 200_000;
/** One statement: a database in this process stands still for that long. */
const MAX_MESSAGES_A_STEP = 20_000;
const FIRST_STEP_MESSAGES = 1_000;
const MAX_CHATS_A_STEP = 1_000;

interface PlacedHit {
  hit: SearchHit;
  position: Position;
}

/**
 * Finds all words of a query in the user's own chats: the chat with the newest activity first, its title before its
 * messages, and of those the newest first. Where a page is not full, there may be more.
 * @throws DomainError INVALID_SEARCH, INVALID_CURSOR
 */
export async function searchChats(
  { db }: Pick<Services, 'db'>,
  user: Pick<UserWithTeam, 'teamId' | 'id'>,
  { query, cursor, limit }: z.output<typeof searchInput>,
  {
    signal,
    maxMessages = MAX_MESSAGES_READ,
  }: { signal?: AbortSignal | undefined; maxMessages?: number } = {},
): Promise<{ items: SearchHit[]; nextCursor: string | null }> {
  const terms = parseSearch(query);
  if (terms.included.length === 0) {
    throw new DomainError(
      'INVALID_SEARCH',
      'Name at least one word to look for: one without a minus before it.',
    );
  }
  const hits: PlacedHit[] = [];
  let position = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  let messagesRead = 0;
  let stepMessages = FIRST_STEP_MESSAGES;
  while (messagesRead < maxMessages) {
    signal?.throwIfAborted();
    const step = { terms, position, limit: limit + 1, maxMessages: Math.min(stepMessages, maxMessages) };
    // oxlint-disable-next-line no-await-in-loop -- each goes on where the one before it ended
    const { found, chats } = await searchNextChats({ db }, user, step);
    hits.push(...found);
    if (hits.length > limit) {
      const page = hits.slice(0, limit);
      return toAnswer(page, page.at(-1)?.position);
    }
    const last = chats.at(-1);
    if (last === undefined || last.isLast) return toAnswer(hits, undefined);
    position = { lastActivityAt: last.lastActivityAt, chatId: last.id, beforeSeq: 0 };
    // A chat without messages has a title.
    messagesRead += chats.reduce((sum, { messageCount }) => sum + messageCount + 1, 0);
    stepMessages = Math.min(stepMessages * 4, MAX_MESSAGES_A_STEP);
  }
  return toAnswer(hits, position);
}

function toAnswer(hits: PlacedHit[], position: Position | undefined) {
  return {
    items: hits.map(({ hit }) => hit),
    nextCursor: position === undefined ? null : encodeCursor(position),
  };
}

async function searchNextChats(
  { db }: Pick<Services, 'db'>,
  { teamId, id: userId }: Pick<UserWithTeam, 'teamId' | 'id'>,
  options: { terms: SearchTerms; position: Position | undefined; limit: number; maxMessages: number },
): Promise<{ found: PlacedHit[]; chats: ChatToSearch[] }> {
  const { terms, position, limit, maxMessages } = options;
  const chats = await search.listChats(db, {
    ...{ teamId, userId, terms, maxMessages, limit: MAX_CHATS_A_STEP },
    from:
      position === undefined
        ? undefined
        : {
            lastActivityAt: position.lastActivityAt,
            id: position.chatId,
            // Of whose messages some have not been searched.
            isIncluded: position.beforeSeq > 1,
          },
  });
  if (chats.length === 0) return { found: [], chats };
  const messages = await search.listMessages(db, {
    ...{ teamId, userId, terms, limit, chatIds: chats.map(({ id }) => id) },
    before: position === undefined ? undefined : { chatId: position.chatId, seq: position.beforeSeq },
  });
  const byChat = Map.groupBy(messages, ({ chatId }) => chatId);
  const found = chats.flatMap((chat) => {
    const inChat = (byChat.get(chat.id) ?? []).map((message) => placeMessage(message, chat, terms));
    const isTitleNew = chat.isTitleFound && chat.id !== position?.chatId;
    return isTitleNew ? [placeTitle(chat, terms), ...inChat] : inChat;
  });
  return { found, chats };
}

function placeMessage(
  { id, seq, role, text, timestamp }: FoundMessage,
  chat: ChatToSearch,
  { included }: SearchTerms,
): PlacedHit {
  return {
    hit: {
      ...{ chatId: chat.id, chatTitle: chat.title, messageId: id, role, text, timestamp },
      matches: findMatches(text, included),
    },
    position: { lastActivityAt: chat.lastActivityAt, chatId: chat.id, beforeSeq: seq },
  };
}

function placeTitle(
  { id, title, createdAt, lastActivityAt }: ChatToSearch,
  { included }: SearchTerms,
): PlacedHit {
  return {
    hit: {
      ...{ chatId: id, chatTitle: title, messageId: null, role: null, text: title, timestamp: createdAt },
      matches: findMatches(title, included),
    },
    position: { lastActivityAt, chatId: id, beforeSeq: TITLE_SEQ },
  };
}
