// Unsent messages. Each is kept in the storage until the server has it, so that neither a lost network nor a closed tab
// loses one. A retry is safe: the server accepts a messageId once.
import type { Client } from '../create-client.ts';
import { explainError } from '../explain-error.ts';
import { getErrorReason, isSessionOver } from '../get-error-reason.ts';
import { isTransient, MAX_ATTEMPTS, retryDelayMs } from '../retry-transient.ts';
import type { Message } from '../router-types.ts';
import { newMessageId } from '../send-message.ts';
import type { ChatCache } from './chat-cache.ts';
import type { Connection } from './connection.ts';
import type { OutgoingMessage } from './types.ts';

/** Where unsent messages are kept, such as `localStorage`. */
export interface OutboxStorage {
  read(key: string): string | null;
  /** @param value null removes the key */
  write(key: string, value: string | null): void;
}

interface StoredMessage {
  messageId: string;
  chatId: string;
  content: string;
  createdAt: string;
  /** Why the server refused it. */
  problem?: string;
}

export interface OutboxDeps {
  client: Client;
  cache: ChatCache;
  connection: Connection;
  storage: OutboxStorage | undefined;
  reportError: (error: unknown) => void;
}

const NO_MESSAGES: readonly OutgoingMessage[] = [];

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #sending = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #key: string | undefined;
  #messages: StoredMessage[] = [];
  #byChat: ReadonlyMap<string, readonly OutgoingMessage[]> = new Map();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The unsent messages of a chat, oldest first. The array is the same until one of them changes. */
  list(chatId: string): readonly OutgoingMessage[] {
    return this.#byChat.get(chatId) ?? NO_MESSAGES;
  }

  /** Call after a login: loads this user's unsent messages from the storage, and sends them. */
  open(userId: string): void {
    this.#key = keyOf(userId);
    this.#messages = this.#read(this.#key);
    this.#notify();
    for (const message of this.#messages) if (message.problem === undefined) void this.#send(message);
  }

  /** Deletes this user's unsent messages from the storage: call at a logout, so that the next user cannot read them. */
  forget(userId: string): void {
    this.#deps.storage?.write(keyOf(userId), null);
    this.#messages = [];
    this.#notify();
  }

  /** Sends a message, over lost connections and restarts of the server. Returns its id. */
  enqueue({ chatId, content }: { chatId: string; content: string }): string {
    const messageId = newMessageId();
    const message = { messageId, chatId, content, createdAt: new Date().toISOString() };
    this.#set([...this.#messages, message]);
    void this.#send(message);
    return messageId;
  }

  /** Sends a refused message again. */
  resend(messageId: string): void {
    const message = this.#find(messageId);
    if (message === undefined) return;
    const { problem: _, ...again } = message;
    this.#replace(again);
    void this.#send(again);
  }

  /** Removes an unsent message and returns its text, so that it can be edited. */
  withdraw(messageId: string): string | undefined {
    const message = this.#find(messageId);
    this.#set(this.#messages.filter((candidate) => candidate !== message));
    return message?.content;
  }

  async #send(message: StoredMessage): Promise<void> {
    const { client, cache } = this.#deps;
    const { messageId, chatId, content } = message;
    if (this.#sending.has(messageId)) return;
    this.#sending.add(messageId);
    try {
      for (let attempt = 1; this.#find(messageId) !== undefined; attempt += 1) {
        try {
          const sent = await client.chat.send.mutate({ chatId, messageId, content });
          cache.putMessages(chatId, [sent.userMessage, streamingMessage(sent)]);
          this.#set(this.#messages.filter((candidate) => candidate.messageId !== messageId));
          cache.chatChanged(chatId);
          return;
        } catch (error) {
          if (!(await this.#shouldRetry(error, attempt))) {
            if (!isSessionOver(error)) this.#replace({ ...message, problem: explainError(error) });
            return;
          }
        }
      }
    } finally {
      this.#sending.delete(messageId);
    }
  }

  /** Waits before the next attempt. Without an answer from the server: until the connection is back, however long that takes. */
  async #shouldRetry(error: unknown, attempt: number): Promise<boolean> {
    this.#deps.reportError(error);
    const isUnanswered = getErrorReason(error) === undefined;
    if (!isTransient(error) || (!isUnanswered && attempt >= MAX_ATTEMPTS)) return false;
    await new Promise((resolve) => setTimeout(resolve, retryDelayMs(error, attempt)));
    if (isUnanswered) await this.#deps.connection.waitUntilOnline();
    return true;
  }

  #find(messageId: string): StoredMessage | undefined {
    return this.#messages.find((message) => message.messageId === messageId);
  }

  #replace(message: StoredMessage): void {
    const { messageId } = message;
    this.#set(this.#messages.map((candidate) => (candidate.messageId === messageId ? message : candidate)));
  }

  #set(next: StoredMessage[]): void {
    this.#messages = next;
    if (this.#key !== undefined)
      this.#deps.storage?.write(this.#key, next.length === 0 ? null : JSON.stringify(next));
    this.#notify();
  }

  #read(key: string): StoredMessage[] {
    try {
      const stored: unknown = JSON.parse(this.#deps.storage?.read(key) ?? '[]');
      return Array.isArray(stored) ? stored.filter(isStoredMessage) : [];
    } catch {
      return [];
    }
  }

  #notify(): void {
    const byChat = new Map<string, OutgoingMessage[]>();
    for (const message of this.#messages) {
      const outgoing = byChat.get(message.chatId) ?? [];
      outgoing.push(toOutgoing(message));
      byChat.set(message.chatId, outgoing);
    }
    this.#byChat = byChat;
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(userId: string): string {
  return `parley:outbox:${userId}`;
}

function toOutgoing({ messageId, content, createdAt, problem }: StoredMessage): OutgoingMessage {
  return {
    id: messageId,
    role: 'user',
    content,
    parts: [],
    timestamp: createdAt,
    status: problem === undefined ? 'sending' : 'refused',
    problem: problem ?? null,
  };
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

function isStoredMessage(value: unknown): value is StoredMessage {
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
