import type { Client } from './create-client.ts';
import { followRun, type FollowedEvent, type FollowOptions } from './follow-run.ts';
import { retryTransient, type Retry } from './retry-transient.ts';
import type { RouterOutputs } from './router-types.ts';

export interface SendMessageOptions extends FollowOptions {
  chatId: string;
  content: string;
  /** A UUID. Sending it again returns the first answer: pass one to survive a crash of your program. */
  messageId?: string;
  /** Called before the message is sent again, with the error and the time until then. */
  onRetry?: (retry: Retry) => void;
}

/** Gives up a silent connection; the message is then sent again under the same id. */
const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * Sends a message and yields the events of its answer up to the terminal one. Nothing is sent before the first event is
 * requested. Leaving the loop or aborting ends the subscription; the agent goes on, and the answer is saved.
 *
 * ```ts
 * for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
 *   if (event.type === 'message') process.stdout.write(event.data.content);
 * }
 * ```
 * @throws TRPCClientError with the server's reason, such as RUN_ALREADY_ACTIVE; the errors of `followRun`
 */
export async function* sendMessage(
  client: Client,
  { chatId, content, messageId = newMessageId(), onRetry, ...follow }: SendMessageOptions,
): AsyncGenerator<FollowedEvent, void> {
  const { signal } = follow;
  const { runId } = await startAnswer(client, { chatId, content, messageId, signal, onRetry });
  yield* followRun(client, { chatId, runId, ...follow });
}

/**
 * Sends a message and resolves when the server has saved it and begun its answer. Safe to repeat: if only the response
 * was lost, the server returns it again for the same messageId.
 */
export function startAnswer(
  client: Client,
  {
    chatId,
    content,
    messageId,
    signal,
    onRetry,
  }: {
    chatId: string;
    content: string;
    messageId: string;
    signal: AbortSignal | undefined;
    onRetry?: SendMessageOptions['onRetry'];
  },
): Promise<RouterOutputs['chat']['send']> {
  return retryTransient(
    () => {
      const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
      return client.chat.send.mutate(
        { chatId, messageId, content },
        { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) },
      );
    },
    { signal, onRetry },
  );
}

/**
 * A random UUID (RFC 9562, version 4). Browsers do not offer `crypto.randomUUID` on pages served over plain HTTP, such
 * as those of a server on the local network.
 */
export function newMessageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
