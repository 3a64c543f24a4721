// A transport for the AI SDK's `useChat` and `Chat`, version 7: https://ai-sdk.dev/docs/ai-sdk-ui/transport
import type { ChatTransport, UIMessageChunk } from 'ai';
import type { Client } from '../create-client.ts';
import { followRun } from '../follow-run.ts';
import { retryAnswer } from '../retry-answer.ts';
import { retryTransient } from '../retry-transient.ts';
import type { Message } from '../router-types.ts';
import { newMessageId, startAnswer } from '../send-message.ts';
import { titleOf } from '../title-of.ts';
import { AnswerChunks } from './answer-chunks.ts';
import type { ParleyUIMessage } from './ui-message.ts';

export interface ParleyChatTransportOptions {
  client: Client;
  /**
   * The agent of new chats: an `id` of `useChat` that is not the id of a Parley chat, such as the one it makes itself,
   * becomes a new chat with the first message.
   */
  agentId?: string;
  /** Called with the Parley id of each chat that the transport has created, such as to put it into the address. */
  onChatCreated?: (chatId: string) => void;
  /**
   * Whether `stop()` of `useChat` also stops the agent. `useChat` calls it when its component unmounts, too, so that an
   * answer would end when its reader goes to another page: use it with a `Chat` that you create yourself. Default: false;
   * the answer goes on and is saved, and `transport.stop(id)` stops it.
   */
  stopsOnAbort?: boolean;
}

type SendOptions = Parameters<ChatTransport<ParleyUIMessage>['sendMessages']>[0];
type ReconnectOptions = Parameters<ChatTransport<ParleyUIMessage>['reconnectToStream']>[0];

interface Run {
  chatId: string;
  runId: string;
  assistantMessageId: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * ```tsx
 * const transport = new ParleyChatTransport({ client, agentId });
 * const { messages, sendMessage, stop } = useChat({ transport, resume: true });
 * ```
 * The server has the history: only the last message of `useChat` is sent. A lost connection is resumed where it broke.
 * Steps, notices and the agent's current activity are data parts: see `ParleyUIMessage`.
 */
export class ParleyChatTransport implements ChatTransport<ParleyUIMessage> {
  /** `reconnectToStream` returns the answer from its beginning. */
  readonly resumeStreamIsReplay = true;
  readonly #options: ParleyChatTransportOptions;
  readonly #chatIds = new Map<string, Promise<string>>();
  readonly #messageIds = new Map<string, string>();

  constructor(options: ParleyChatTransportOptions) {
    this.#options = options;
  }

  /**
   * @throws TRPCClientError with the server's reason, such as RUN_ALREADY_ACTIVE; RUN_NOT_RETRYABLE when `regenerate()`
   *   is called for an answer that is complete; Error for a message without text
   */
  async sendMessages({
    trigger,
    chatId: id,
    messages,
    abortSignal,
  }: SendOptions): Promise<ReadableStream<UIMessageChunk>> {
    const run =
      trigger === 'regenerate-message'
        ? await this.#regenerate(await this.#chatOf(id), abortSignal)
        : await this.#send(id, messages.at(-1), abortSignal);
    return this.#stream(run, abortSignal);
  }

  /** The answer under way, from its beginning; null if there is none. */
  async reconnectToStream({
    chatId: id,
    abortSignal,
  }: ReconnectOptions): Promise<ReadableStream<UIMessageChunk> | null> {
    const chatId = await this.#knownChatOf(id);
    if (chatId === undefined) return null;
    const last = await this.#lastAnswer(chatId, abortSignal);
    if (last?.status !== 'streaming' || last.runId === null) return null;
    return this.#stream({ chatId, runId: last.runId, assistantMessageId: last.id }, abortSignal);
  }

  /**
   * Stops the agent. What it has written until then is saved, and the stream ends.
   * @param id that of `useChat`
   */
  async stop(id: string): Promise<void> {
    const chatId = await this.#knownChatOf(id);
    if (chatId !== undefined) await this.#options.client.chat.stop.mutate({ chatId });
  }

  async #send(
    id: string,
    message: ParleyUIMessage | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Run> {
    const content = textOf(message);
    const chatId = await this.#chatOf(id, content);
    const messageId = this.#messageIdOf(message?.id ?? '');
    const sent = await startAnswer(this.#options.client, { chatId, content, messageId, signal });
    return { chatId, runId: sent.runId, assistantMessageId: sent.assistantMessageId };
  }

  async #regenerate(chatId: string, signal: AbortSignal | undefined): Promise<Run> {
    const { client } = this.#options;
    const last = await this.#lastAnswer(chatId, signal);
    if (last?.runId == null) throw new Error('There is no answer to regenerate.');
    const { runId } = last;
    const sent = await retryAnswer(client, { chatId, runId, signal });
    return { chatId, runId: sent.runId, assistantMessageId: sent.assistantMessageId };
  }

  async #lastAnswer(chatId: string, signal: AbortSignal | undefined): Promise<Message | undefined> {
    const { client } = this.#options;
    const { items } = await retryTransient(
      () => client.chat.messages.query({ chatId, limit: 2 }, signal && { signal }),
      { signal },
    );
    return items.find(({ role }) => role === 'assistant');
  }

  #stream(run: Run, signal: AbortSignal | undefined): ReadableStream<UIMessageChunk> {
    const { client, stopsOnAbort = false } = this.#options;
    const left = new AbortController();
    const onAbort = (): void => {
      left.abort(signal?.reason);
      // The reader has left the stream, so an error could not be shown.
      if (stopsOnAbort) client.chat.stop.mutate({ chatId: run.chatId }).catch(() => {});
    };
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const chunks = new AnswerChunks(run.assistantMessageId);
    const events = followRun(client, { chatId: run.chatId, runId: run.runId, signal: left.signal });
    return new ReadableStream<UIMessageChunk>({
      start: (controller) => enqueueAll(controller, chunks.start()),
      async pull(controller) {
        const { done, value } = await events.next();
        if (done !== true) return enqueueAll(controller, chunks.chunksOf(value));
        signal?.removeEventListener('abort', onAbort);
        enqueueAll(controller, chunks.end());
        controller.close();
      },
      cancel(reason) {
        signal?.removeEventListener('abort', onAbort);
        left.abort(reason);
      },
    });
  }

  async #knownChatOf(id: string): Promise<string | undefined> {
    return UUID.test(id) ? id : this.#chatIds.get(id);
  }

  async #chatOf(id: string, firstMessage = ''): Promise<string> {
    const known = await this.#knownChatOf(id);
    if (known !== undefined) return known;
    const created = this.#createChat(firstMessage);
    this.#chatIds.set(id, created);
    // The next message tries again.
    created.catch(() => this.#chatIds.delete(id));
    return created;
  }

  async #createChat(firstMessage: string): Promise<string> {
    const { client, agentId, onChatCreated } = this.#options;
    if (agentId === undefined)
      throw new Error(
        'ParleyChatTransport needs an `agentId` for new chats, or useChat the `id` of a Parley chat.',
      );
    const { id } = await client.chat.create.mutate({ agentId, title: titleOf(firstMessage) });
    onChatCreated?.(id);
    return id;
  }

  /** The server takes UUIDs. The same message keeps its id when it is sent again, so that it is saved once. */
  #messageIdOf(id: string): string {
    if (UUID.test(id)) return id;
    const messageId = this.#messageIds.get(id) ?? newMessageId();
    this.#messageIds.set(id, messageId);
    return messageId;
  }
}

function enqueueAll(
  controller: ReadableStreamDefaultController<UIMessageChunk>,
  chunks: Iterable<UIMessageChunk>,
): void {
  for (const chunk of chunks) controller.enqueue(chunk);
}

function textOf(message: ParleyUIMessage | undefined): string {
  const parts = message?.role === 'user' ? message.parts : [];
  if (parts.some(({ type }) => type === 'file')) throw new Error('Parley does not take files yet.');
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  if (text.trim() === '')
    throw new Error('Parley sends the last message of the chat, which must be a text of the user.');
  return text;
}
