import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something has become true. @throws Error after `timeoutMs`, with what was waited for */
export async function until(isTrue: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await delay(5);
  }
}
