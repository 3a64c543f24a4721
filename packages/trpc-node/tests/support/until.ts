import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition is true. @throws Error after `timeoutMs`, naming `what` */
export async function until(isTrue: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > deadlineMs)
      throw new Error(`timed out after ${timeoutMs} ms waiting for ${what}`);
    await delay(5);
  }
}
