// Unsent messages. Each is saved on this device until the server has it, so that neither a lost network nor a closed
// tab loses one. A retry is safe: the server accepts a messageId once.
import { getErrorReason, isTransient, MAX_ATTEMPTS, newMessageId, retryDelayMs } from '@parley/client';
import { useMemo, useSyncExternalStore } from 'react';
import { client, isSessionOver, reportError } from '../api/api.ts';
import { waitUntilOnline } from '../api/connection.ts';
import { explainError } from '../api/explain-error.ts';
import { chatChanged, putMessages } from '../api/message-cache.ts';
import type { Message } from '../api/types.ts';
import { outboxKey } from '../storage/drafts.ts';
import { readStored, writeStored } from '../storage/stored.ts';

export interface OutboxMessage {
  messageId: string;
  chatId: string;
  content: string;
  createdAt: string;
  /** Why the server refused it. */
  problem?: string;
}

let key: string | undefined;
let messages: OutboxMessage[] = [];
const sending = new Set<string>();
const listeners = new Set<() => void>();

/** Loads the unsent messages of this user from the device, and sends them. */
export function openOutbox(userId: string): void {
  key = outboxKey(userId);
  messages = readOutbox(key);
  notifyListeners();
  for (const message of messages) if (message.problem === undefined) void send(message);
}

export function enqueueMessage({ chatId, content }: { chatId: string; content: string }): void {
  const message = { messageId: newMessageId(), chatId, content, createdAt: new Date().toISOString() };
  setMessages([...messages, message]);
  void send(message);
}

export function resend(messageId: string): void {
  const message = messages.find((candidate) => candidate.messageId === messageId);
  if (message === undefined) return;
  const { problem: _, ...again } = message;
  replace(again);
  void send(again);
}

/** Removes an unsent message, so that it can be edited. */
export function withdraw(messageId: string): OutboxMessage | undefined {
  const message = messages.find((candidate) => candidate.messageId === messageId);
  setMessages(messages.filter((candidate) => candidate !== message));
  return message;
}

export function useOutbox(chatId: string): OutboxMessage[] {
  const all = useSyncExternalStore(subscribe, () => messages);
  return useMemo(() => all.filter((message) => message.chatId === chatId), [all, chatId]);
}

async function send(message: OutboxMessage): Promise<void> {
  const { messageId, chatId, content } = message;
  if (sending.has(messageId)) return;
  sending.add(messageId);
  try {
    for (let attempt = 1; isWaiting(messageId); attempt += 1) {
      try {
        const sent = await client.chat.send.mutate({ chatId, messageId, content });
        putMessages(chatId, [sent.userMessage, streamingMessage(sent)]);
        setMessages(messages.filter((candidate) => candidate.messageId !== messageId));
        chatChanged(chatId);
        return;
      } catch (error) {
        if (!(await shouldRetry(error, attempt))) {
          if (!isSessionOver(getErrorReason(error)?.reason ?? ''))
            replace({ ...message, problem: explainError(error) });
          return;
        }
      }
    }
  } finally {
    sending.delete(messageId);
  }
}

/** Waits before the next attempt. Without an answer from the server: until the connection is back, however long that takes. */
async function shouldRetry(error: unknown, attempt: number): Promise<boolean> {
  reportError(error);
  const isUnanswered = getErrorReason(error) === undefined;
  if (!isTransient(error) || (!isUnanswered && attempt >= MAX_ATTEMPTS)) return false;
  await new Promise((resolve) => setTimeout(resolve, retryDelayMs(error, attempt)));
  if (isUnanswered) await waitUntilOnline();
  return true;
}

/** The empty answer to a sent message, as the server lists it. */
function streamingMessage(sent: {
  runId: string;
  assistantMessageId: string;
  userMessage: Message;
}): Message {
  return {
    ...sent.userMessage,
    id: sent.assistantMessageId,
    seq: sent.userMessage.seq + 1,
    role: 'assistant',
    content: '',
    status: 'streaming',
    runId: sent.runId,
    error: null,
  };
}

function isWaiting(messageId: string): boolean {
  return messages.some((message) => message.messageId === messageId);
}

function replace(message: OutboxMessage): void {
  setMessages(messages.map((candidate) => (candidate.messageId === message.messageId ? message : candidate)));
}

function setMessages(next: OutboxMessage[]): void {
  messages = next;
  if (key !== undefined) writeStored(key, next.length === 0 ? null : JSON.stringify(next));
  notifyListeners();
}

function readOutbox(from: string): OutboxMessage[] {
  try {
    const stored: unknown = JSON.parse(readStored(from) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isOutboxMessage) : [];
  } catch {
    return [];
  }
}

function isOutboxMessage(value: unknown): value is OutboxMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'messageId' in value &&
    typeof value.messageId === 'string' &&
    'chatId' in value &&
    typeof value.chatId === 'string' &&
    'content' in value &&
    typeof value.content === 'string'
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notifyListeners(): void {
  for (const listener of listeners) listener();
}
