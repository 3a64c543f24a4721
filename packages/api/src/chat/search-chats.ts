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
import { readProcedure } from '../trpc.ts';
import { findMatches, parseSearch } from './parse-search.ts';

const searchInput = pageInput.extend({
  /** Words, `"phrases"`, and `-words` to exclude. */
  query: textSchema({ min: 1, max: 200 }),
});

const searchHit = z
  .object({
    chatId: z.string(),
    chatTitle: z.string(),
    /** Null if the chat's title matched. */
    messageId: z.string().nullable(),
    role: z.enum(['user', 'assistant']).nullable(),
    /** Plain text around the first match, in Unicode's form NFC. */
    text: z.string(),
    /** Ranges of the words in `text`, in UTF-16 code units as in JavaScript. */
    matches: z.array(z.object({ start: z.number(), end: z.number() })),
    timestamp: z.string(),
  })
  .meta({ id: 'SearchHit' });

type SearchHit = z.output<typeof searchHit>;

const searchOutput = pageOutput(searchHit);

export const searchChatsProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/search',
      summary: 'Search your chats',
      description:
        'Searches titles and messages, newest activity first. A hit contains all words, in any case and also inside longer words; `"a phrase"` matches literally; `-word` excludes a word. `é` is found in either of its Unicode forms. A page may have fewer hits than its limit, or none: the search is complete when `next_cursor` is null.',
      errors: ['INVALID_SEARCH', 'INVALID_CURSOR'],
    },
  })
  .input(searchInput)
  .output(searchOutput)
  .query(({ ctx, input, signal }) => searchChats(ctx, ctx.user, input, { signal }));

/** How far the search got: up to this chat, and in it down to the message before this seq. */
const positionSchema = z.object({
  lastActivityAt: timeSchema,
  chatId: idSchema,
  beforeSeq: z.int().min(0).max(2_147_483_647),
});

type Position = z.output<typeof positionSchema>;

/** The title comes before all messages. */
const TITLE_SEQ = 2_147_483_647;
/** Ends a page even if it is not full: reading as many takes about a second. */
const MAX_MESSAGES_READ = 200_000;
const FIRST_STEP_MESSAGES = 1_000;
/** Shorter steps cost more round trips than they save. */
const MIN_MESSAGES_A_STEP = 2_000;
const MAX_MESSAGES_A_STEP = 20_000;
/** How long a step should take: it blocks a database in this process, and holds a connection of another one. */
const STEP_MS = 100;
const MAX_CHATS_A_STEP = 1_000;

interface PlacedHit {
  hit: SearchHit;
  position: Position;
}

/**
 * Searches the user's own chats for all words of a query. Chats are in order of their newest activity; in each, the title
 * comes first, then the messages from the newest on. A page that is not full need not be the last.
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
    throw new DomainError('INVALID_SEARCH', 'Enter at least one word without a minus sign.');
  }
  const hits: PlacedHit[] = [];
  let position = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  let messagesRead = 0;
  let stepMessages = FIRST_STEP_MESSAGES;
  while (messagesRead < maxMessages) {
    signal?.throwIfAborted();
    const startMs = performance.now();
    const step = { terms, position, limit: limit + 1, maxMessages: Math.min(stepMessages, maxMessages) };
    // oxlint-disable-next-line no-await-in-loop -- each step continues where the previous one ended
    const { found, chats } = await searchNextChats({ db }, user, step);
    hits.push(...found);
    if (hits.length > limit) {
      const page = hits.slice(0, limit);
      return toPageOutput(page, page.at(-1)?.position);
    }
    const last = chats.at(-1);
    if (last === undefined || last.isLast) return toPageOutput(hits, undefined);
    position = { lastActivityAt: last.lastActivityAt, chatId: last.id, beforeSeq: 0 };
    // The title counts too.
    messagesRead += chats.reduce((sum, { messageCount }) => sum + messageCount + 1, 0);
    stepMessages = nextStepMessages(stepMessages, performance.now() - startMs);
  }
  return toPageOutput(hits, position);
}

/** How many messages the next step reads, from the number and duration of the step before. */
export function nextStepMessages(stepMessages: number, tookMs: number): number {
  const wanted = Math.round(stepMessages * Math.min(4, STEP_MS / tookMs));
  return Math.min(MAX_MESSAGES_A_STEP, Math.max(MIN_MESSAGES_A_STEP, wanted));
}

function toPageOutput(hits: PlacedHit[], position: Position | undefined) {
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
            // Some messages of this chat have not been searched yet.
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
  { id, seq, role, text: found, timestamp }: FoundMessage,
  chat: ChatToSearch,
  { included }: SearchTerms,
): PlacedHit {
  const text = found.normalize('NFC');
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
  const text = title.normalize('NFC');
  return {
    hit: {
      ...{ chatId: id, chatTitle: title, messageId: null, role: null, text, timestamp: createdAt },
      matches: findMatches(text, included),
    },
    position: { lastActivityAt, chatId: id, beforeSeq: TITLE_SEQ },
  };
}
