import { z } from 'zod';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, nameSchema, textSchema } from '../schema/text-schema.ts';

const MAX_CONTENT_CHARS = 100_000;

const titleSchema = nameSchema({ max: 200 });

export const createChatInput = z.object({ agentId: idSchema, title: titleSchema.optional() });

export const chatIdInput = z.object({ id: idSchema });

export const getChatInput = chatIdInput.extend({
  /** Without them `messages` is empty, for who reads them page by page. */
  includeMessages: z.boolean().default(true),
});

/** What is left out stays. */
export const updateChatInput = z.object({
  id: idSchema,
  title: titleSchema.optional(),
  isPinned: z.boolean().optional(),
  isArchived: z.boolean().optional(),
});

export const listChatsInput = pageInput
  .extend({
    /** The archived chats instead of the others. */
    isArchived: z.boolean().default(false),
  })
  .prefault({});

export const listMessagesInput = pageInput.extend({
  chatId: idSchema,
  /** Also the answers in whose place others were generated. */
  includeSuperseded: z.boolean().default(false),
});

export const messageIdInput = z.object({ chatId: idSchema, messageId: idSchema });

export const sendMessageInput = z.object({
  chatId: idSchema,
  /** Made by the client: sending the same message again with the same id returns the first answer. */
  messageId: idSchema,
  content: textSchema({ min: 1, max: MAX_CONTENT_CHARS }).refine(
    (text) => text.trim() !== '',
    'must not be blank',
  ),
});

export const streamRunInput = z.object({
  chatId: idSchema,
  /** Without it: the chat's active run or, where there is none, its last one. */
  runId: idSchema.optional(),
  /** The id of the last event received. One that is not a place in this run leads to a replay from the beginning. */
  lastEventId: z.string().max(1000).nullish(),
});

/** The run whose answer is to be generated anew. */
export const retryRunInput = z.object({ chatId: idSchema, runId: idSchema });

export const stopRunInput = z.object({ chatId: idSchema });

/** The run that was active; null where there was none. */
export const stopRunOutput = z.object({ runId: z.string().nullable() });

export const chatOutput = z
  .object({
    id: z.string(),
    /** Null when the agent was deleted. */
    agentId: z.string().nullable(),
    title: z.string(),
    isPinned: z.boolean(),
    isArchived: z.boolean(),
    lastActivityAt: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Chat' });

export const messageOutput = z
  .object({
    id: z.string(),
    /** The message's place in its chat, counted from 1. */
    seq: z.number(),
    role: z.enum(['user', 'assistant']),
    /** Of an assistant's message that is `streaming`: empty until its run has ended. */
    content: z.string(),
    timestamp: z.string(),
    status: z.enum(['complete', 'streaming', 'failed', 'canceled', 'interrupted']),
    /** Another answer was generated in its place: it is no part of the conversation any more. */
    isSuperseded: z.boolean(),
    /** The run that wrote it; null for a user's message. */
    runId: z.string().nullable(),
    /** Why the answer is not complete. */
    error: z.object({ reason: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Message' });

export const chatWithMessagesOutput = chatOutput.extend({ messages: z.array(messageOutput) });
export const listChatsOutput = pageOutput(chatOutput);
export const listMessagesOutput = pageOutput(messageOutput);

export const sendMessageOutput = z.object({
  runId: z.string(),
  userMessage: messageOutput,
  assistantMessageId: z.string(),
});

export const exportChatInput = z.object({
  id: idSchema,
  format: z.enum(['markdown', 'json']).default('markdown'),
  /** `nextCursor` of the piece before. */
  cursor: z.string().max(500).nullish(),
});

/** A piece of the text. All pieces, one after the other, are the whole of it. */
export const exportOutput = z.object({ text: z.string(), nextCursor: z.string().nullable() });

export const searchInput = pageInput.extend({
  /** Words, `"phrases"`, and `-words` that must not be there. */
  query: textSchema({ min: 1, max: 200 }),
});

export const searchHit = z
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

export const searchOutput = pageOutput(searchHit);

export type ExportOutput = z.output<typeof exportOutput>;
export type SearchHit = z.output<typeof searchHit>;
export type MessageOutput = z.output<typeof messageOutput>;
export type SendMessageOutput = z.output<typeof sendMessageOutput>;
