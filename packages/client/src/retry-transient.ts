// The retry policy of every client: which errors are transient, and how long to wait before the next attempt.
import type { ErrorReason } from '@parley/api';
import { getErrorReason } from './get-error-reason.ts';

/** The server refused for now; the request itself is valid. */
const transientReasons: ReadonlySet<ErrorReason> = new Set([
  'RATE_LIMITED',
  'SERVER_BUSY',
  'TEAM_BUSY',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'DATABASE_UNAVAILABLE',
  'INTERNAL_ERROR',
]);

/** With 250 ms, 500 ms and so on, 8 attempts take half a minute: a restart, or a load balancer that is late to notice it. */
export const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;

/** Whether the same request may succeed later: no Parley server answered, or one that refused for now. */
export function isTransient(error: unknown): boolean {
  const details = getErrorReason(error);
  return details === undefined || transientReasons.has(details.reason);
}

/**
 * How long to wait after a failed attempt: as long as the server asks for (`retryAfterSeconds`), and at least an
 * exponential back-off.
 * @param attempt the number of the attempt that failed, from 1
 */
export function retryDelayMs(error: unknown, attempt: number): number {
  const backOffMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  const { retryAfterSeconds = 0 } = getErrorReason(error) ?? {};
  return Math.max(backOffMs, retryAfterSeconds * 1000);
}

export interface Retry {
  /** The transient error of the last attempt. */
  error: unknown;
  delayMs: number;
}

/**
 * Repeats a call while it fails with transient errors, 8 attempts at most. The call must be safe to repeat.
 * @throws the call's last error; the signal's reason when it aborts
 */
export async function retryTransient<Result>(
  call: () => Promise<Result>,
  options: { signal?: AbortSignal | undefined; onRetry?: ((retry: Retry) => void) | undefined },
): Promise<Result> {
  const { signal, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt === MAX_ATTEMPTS || !isTransient(error)) throw error;
      const delayMs = retryDelayMs(error, attempt);
      onRetry?.({ error, delayMs });
      await delay(delayMs, signal);
    }
  }
}

/** @throws the signal's reason when it aborts before the time is over */
export async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal?.addEventListener('abort', stop);
  });
  signal?.throwIfAborted();
}
