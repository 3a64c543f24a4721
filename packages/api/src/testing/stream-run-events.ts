import type { RunEvent } from '@parley/runs';
import { isTrackedEnvelope } from '@trpc/server';
import type { Caller } from './create-test-api.ts';

/**
 * Follows a run as a client does: yields each event with the id to resume from. A caller's type promises `{ id, data }`,
 * but it returns the envelope of `tracked()`, which only HTTP unwraps.
 */
export async function* streamRunEvents(
  caller: Caller,
  input: Parameters<Caller['chat']['stream']>[0],
): AsyncGenerator<{ id: string; data: RunEvent }> {
  for await (const event of await caller.chat.stream(input)) {
    const envelope: unknown = event;
    if (!isTrackedEnvelope<RunEvent>(envelope)) throw new Error('the stream sent an untracked event');
    yield { id: envelope[0], data: envelope[1] };
  }
}
