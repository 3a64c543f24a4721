import { answerPartSchema } from '@parley/runs';
import { z } from 'zod';
import { nameSchema } from '../schema/text-schema.ts';

export const titleSchema = nameSchema({ max: 200 });

export const chatOutput = z
  .object({
    id: z.string(),
    /** Null if the agent was deleted. */
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
    /** The message's position in its chat, counted from 1. */
    seq: z.number(),
    role: z.enum(['user', 'assistant']),
    /** While an assistant's message is `streaming`, its content is empty. */
    content: z.string(),
    /** The answer's parts in order, its text among them. Empty: the message is its content. */
    parts: z.array(answerPartSchema),
    timestamp: z.string(),
    status: z.enum(['complete', 'streaming', 'failed', 'canceled', 'interrupted']),
    /** Whether a retry replaced this answer, so that it is not part of the conversation. */
    isSuperseded: z.boolean(),
    /** The run that generated it; null for a user's message. */
    runId: z.string().nullable(),
    /** Why the answer is incomplete. */
    error: z.object({ reason: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Message' });

export const sendMessageOutput = z.object({
  runId: z.string(),
  userMessage: messageOutput,
  assistantMessageId: z.string(),
});

export type MessageOutput = z.output<typeof messageOutput>;
export type SendMessageOutput = z.output<typeof sendMessageOutput>;
