import type { Client } from './create-client.ts';
import { delay } from './delay.ts';
import { followRun, type FollowedEvent, type FollowOptions } from './follow-run.ts';
import { mayWorkLater } from './may-work-later.ts';
import { newMessageId } from './new-message-id.ts';
import type { RouterInputs, RouterOutputs } from './router-types.ts';

export interface SendMessageOptions extends FollowOptions {
  chatId: string;
  content: string;
  /** A UUID of the caller's own, by which a message that may have been sent already is not sent twice. */
  messageId?: string;
}

/** Together they take about half a minute: a restart, or a load balancer that has not noticed it yet. */
const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 8_000;
/** A connection that fell silent is given up: the same id is safe to send again. */
const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * Sends a message, and gives the events of its answer up to the terminal one. Nothing is sent before the first event is
 * asked for. Leaving the loop or aborting ends the subscription; the agent goes on, and the answer is saved.
 *
 * ```ts
 * for await (const event of sendMessage(client, { chatId, content: 'Hello' })) {
 *   if (event.type === 'message') process.stdout.write(event.data.content);
 * }
 * ```
 * @throws TRPCClientError with a reason of its own, such as RUN_ALREADY_ACTIVE; those of `followRun`
 */
export async function* sendMessage(
  client: Client,
  { chatId, content, messageId = newMessageId(), ...follow }: SendMessageOptions,
): AsyncGenerator<FollowedEvent, void> {
  const { runId } = await send(client, { chatId, messageId, content }, follow.signal);
  yield* followRun(client, { chatId, runId, ...follow });
}

/**
 * Tries again while no server answers, or one that cannot take it now: what was lost may have been the answer alone, but an
 * id is taken only once.
 */
async function send(
  client: Client,
  input: RouterInputs['chat']['send'],
  signal: AbortSignal | undefined,
): Promise<RouterOutputs['chat']['send']> {
  for (let attempt = 1; ; attempt += 1) {
    const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
    try {
      return await client.chat.send.mutate(input, {
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt === MAX_ATTEMPTS || !mayWorkLater(error)) throw error;
      await delay(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS), signal);
    }
  }
}
