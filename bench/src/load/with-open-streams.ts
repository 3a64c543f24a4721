// Opens streams to one contestant, lets the caller measure them, and finally checks that no event was lost.
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningContestant, RunningContestants } from '../contestants/start-contestants.ts';

/** The time in which queued events must arrive after the last event was created. */
const MAX_DRAIN_MS = 30_000;
const MAX_OPEN_MS = 20_000;
const POLL_MS = 10;

/**
 * @param options.mayLag whether events may be missing at the end, for a pace that not every contestant can keep
 * @throws Error if a stream did not receive every event in order
 */
export async function withOpenStreams<Result>(
  { name, port, server }: RunningContestant,
  { load }: RunningContestants,
  { count, mayLag = false }: { count: number; mayLag?: boolean },
  measure: () => Promise<Result>,
): Promise<Result> {
  const request = await server.call('streamRequest');
  await load.call('openStreams', { port, request, count });
  await until(
    async () => (await server.call('streamCount')) === count,
    MAX_OPEN_MS,
    `${name}: not all of ${count} streams opened`,
  );
  const result = await measure();
  const made = await server.call('stopFeed');
  if (!mayLag) {
    await until(
      async () => (await load.call('readStreams')).units >= made,
      MAX_DRAIN_MS,
      `${name}: not all of ${made} events arrived`,
    );
  }
  const received = (await load.call('readStreams')).units;
  const outOfOrder = await load.call('countOutOfOrder');
  if (received > made || outOfOrder > 0) {
    throw new Error(`${name}: ${made} events made, ${received} received, ${outOfOrder} out of order`);
  }
  await load.call('closeStreams');
  await until(
    async () => (await server.call('streamCount')) === 0,
    MAX_OPEN_MS,
    `${name}: streams stay open after their readers have left`,
  );
  return result;
}

async function until(isTrue: () => Promise<boolean>, timeoutMs: number, failure: string): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(failure);
    await delay(POLL_MS);
  }
}
