// The three calls that every contestant answers: their inputs, outputs and schemas.
import { z } from 'zod';

const chatSchema = z.object({
  id: z.string(),
  agentId: z.string().nullable(),
  title: z.string(),
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  lastActivityAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const messageSchema = z.object({
  id: z.string(),
  seq: z.number(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  timestamp: z.string(),
  status: z.enum(['complete', 'streaming', 'failed', 'canceled', 'interrupted']),
  runId: z.string().nullable(),
  error: z.object({ reason: z.string(), message: z.string() }).nullable(),
});

const pageSchema = z.object({ items: z.array(messageSchema), nextCursor: z.string().nullable() });

const sentSchema = z.object({
  runId: z.string(),
  userMessage: messageSchema,
  assistantMessageId: z.string(),
});

const CHAT_ID = '019a0b5c-8f5e-7c3a-9b1d-2f4e6a8c0d1e';
const MESSAGE_ID = '019a0b5c-9a10-7d4b-8c2e-3a5f7b9d1c2f';
const TIME = '2026-11-23T05:00:00.123Z';
const SENTENCE = 'The quick brown fox jumps over the lazy dog, and says "hello" on the way home. ';

const chat: z.output<typeof chatSchema> = {
  id: CHAT_ID,
  agentId: MESSAGE_ID,
  title: 'How do I connect a workflow?',
  isPinned: false,
  isArchived: false,
  lastActivityAt: TIME,
  createdAt: TIME,
  updatedAt: TIME,
};

function message(seq: number): z.output<typeof messageSchema> {
  return {
    id: MESSAGE_ID,
    seq,
    role: seq % 2 === 1 ? 'user' : 'assistant',
    content: SENTENCE.repeat(3),
    timestamp: TIME,
    status: 'complete',
    runId: seq % 2 === 1 ? null : CHAT_ID,
    error: null,
  };
}

const page: z.output<typeof pageSchema> = {
  items: Array.from({ length: 50 }, (_, index) => message(50 - index)),
  nextCursor: 'MTAw',
};

const sent: z.output<typeof sentSchema> = {
  runId: CHAT_ID,
  userMessage: message(1),
  assistantMessageId: MESSAGE_ID,
};

/** A call of the benchmark. */
export interface UnaryCall<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  title: string;
  isMutation: boolean;
  inputSchema: Input;
  outputSchema: Output;
  /** The input of every request. */
  input: z.input<Input>;
  /** The prepared output of every request: only the path to a procedure and back is measured. */
  output: z.input<Output>;
}

function unaryCall<Input extends z.ZodType, Output extends z.ZodType>(
  call: UnaryCall<Input, Output>,
): UnaryCall<Input, Output> {
  return call;
}

/** By procedure name. */
export const unaryCalls = {
  getChat: unaryCall({
    title: 'query, 290 bytes out',
    isMutation: false,
    inputSchema: z.object({ id: z.uuid() }),
    outputSchema: chatSchema,
    input: { id: CHAT_ID },
    output: chat,
  }),
  sendMessage: unaryCall({
    title: 'mutation, 1 KB in, 530 bytes out',
    isMutation: true,
    inputSchema: z.object({
      chatId: z.uuid(),
      messageId: z.uuid(),
      content: z.string().min(1).max(100_000),
    }),
    outputSchema: sentSchema,
    input: { chatId: CHAT_ID, messageId: MESSAGE_ID, content: SENTENCE.repeat(12) },
    output: sent,
  }),
  listMessages: unaryCall({
    title: 'query, 50 messages out, 21 KB',
    isMutation: false,
    inputSchema: z.object({ chatId: z.uuid(), limit: z.int().min(1).max(100) }),
    outputSchema: pageSchema,
    input: { chatId: CHAT_ID, limit: 50 },
    output: page,
  }),
};

export type UnaryCallName = keyof typeof unaryCalls;

export const unaryCallNames: readonly UnaryCallName[] = ['getChat', 'sendMessage', 'listMessages'];
