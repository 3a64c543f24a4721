import type { RunEvent } from '@parley/runs';
import { isTrackedEnvelope } from '@trpc/server';
import type { Caller } from './create-test-api.ts';

/**
 * Follows a run by a caller, as a client sees it: each event with the id to resume from. A caller is typed to give
 * `{ id, data }` but gives the envelope that `tracked()` made; over HTTP it is unwrapped.
 */
export async function* streamRunEvents(
  caller: Caller,
  input: Parameters<Caller['chat']['stream']>[0],
): AsyncGenerator<{ id: string; data: RunEvent }> {
  for await (const event of await caller.chat.stream(input)) {
    const envelope: unknown = event;
    if (!isTrackedEnvelope<RunEvent>(envelope)) throw new Error('every event of a stream is tracked');
    yield { id: envelope[0], data: envelope[1] };
  }
}
