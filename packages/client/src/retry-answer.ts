import type { Client } from './create-client.ts';
import { retryTransient } from './retry-transient.ts';
import type { RouterOutputs } from './router-types.ts';

export interface RetryAnswerOptions {
  chatId: string;
  /** The run of the last answer, which failed or was stopped. */
  runId: string;
  signal?: AbortSignal | undefined;
}

/**
 * Regenerates the last answer, and resolves when the server has begun the new one. Safe to repeat: if only the response was
 * lost, the server returns it again. Follow the new answer with `followRun`.
 * @throws TRPCClientError with the server's reason, such as RUN_NOT_RETRYABLE
 */
export function retryAnswer(
  client: Client,
  { chatId, runId, signal }: RetryAnswerOptions,
): Promise<RouterOutputs['chat']['retry']> {
  return retryTransient(() => client.chat.retry.mutate({ chatId, runId }, signal && { signal }), { signal });
}
