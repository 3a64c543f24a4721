// However short the events of an answer are, and however many there are, nothing that is done with its journal holds the event loop.
import { setImmediate } from 'node:timers/promises';
import { watchLoop } from '@parley/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabaseJournal } from '../src/database-journal.ts';
import type { FollowedEvent, RunEvent, StartedRun } from '../src/index.ts';
import { JournalWriter } from '../src/journal-writer.ts';
import { recoverRuns } from '../src/recover-runs.ts';
import { RunLog } from '../src/run-log.ts';
import { createTestRuns, type TestRuns } from './support/test-runs.ts';

const MAX_HELD_MS = 50;
/** With a million, collecting the garbage of the test itself holds the loop for more than 50 ms. */
const EVENTS = process.env['CI'] === undefined ? 200_000 : 400_000;
const INSTANCE = { instanceId: '019ab000-0000-7000-8000-000000000001', leaseMs: 600_000 };

let context: TestRuns;

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

const kinds: Record<string, (index: number) => RunEvent> = {
  'one-byte reasoning': () => ({ type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'a' } }),
  'one-byte text': () => ({ type: 'message', data: { content: 'a' } }),
  'text and reasoning by turns': (index) =>
    index % 2 === 0
      ? { type: 'message', data: { content: 'a' } }
      : { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'a' } },
};

async function fill(log: RunLog, eventOf: (index: number) => RunEvent): Promise<void> {
  for (let index = 0; index < EVENTS; index += 1) {
    log.append(eventOf(index));
    if (index % 1_000 === 0) await setImmediate();
  }
}

/** Reads as a response does: after some events, it waits for its socket. */
async function read(
  events: AsyncIterable<FollowedEvent>,
  onEvent: (followed: FollowedEvent) => void,
): Promise<void> {
  let count = 0;
  for await (const followed of events) {
    onEvent(followed);
    count += 1;
    if (count % 200 === 0) await setImmediate();
  }
}

test.each(Object.keys(kinds))(
  'a journal of %s is written, followed and recovered in pieces of less than 50 ms',
  { timeout: 180_000 },
  async (kind) => {
    const eventOf = kinds[kind];
    if (eventOf === undefined) throw new Error(`There is no kind of event named ${kind}.`);
    const { system } = context.database;
    const run: StartedRun = await context.commitRun(INSTANCE);
    const log = new RunLog();
    await fill(log, eventOf);
    const errors: unknown[] = [];
    const writer = new JournalWriter(
      createDatabaseJournal({ db: system, instanceId: INSTANCE.instanceId }).append,
      (error) => errors.push(error),
    );
    writer.add({ ...run, log, onLost: () => errors.push('lost') });
    writer.touch(run.runId);
    const written = await watchLoop(() => writer.remove(run.runId));
    expect(errors).toEqual([]);
    expect(EVENTS - written.result).toBeLessThan(5_000);

    await using reader = await context.startInstance({ maxLogBytes: 1e9, leaseMs: INSTANCE.leaseMs });
    const following = new AbortController();
    const copied = await watchLoop(async () => {
      await read(reader.runs.follow({ ...run, signal: following.signal }), ({ cursor }) => {
        if (typeof cursor.seq === 'number' && cursor.seq >= written.result) following.abort();
      });
    });

    await context.database.db
      .updateTable('runs')
      .set({ leaseExpiresAt: '2026-01-01T00:00:00.000Z' })
      .where('id', '=', run.runId)
      .execute();
    const recovered = await watchLoop(() => recoverRuns(system, { all: false }));
    expect((await context.savedAnswer(run))?.status).toBe('interrupted');

    let last: FollowedEvent | undefined;
    const after = { runId: run.runId, seq: 1 };
    const resumed = await watchLoop(() =>
      read(reader.runs.follow({ ...run, after }), (followed) => (last = followed)),
    );
    expect(last?.event.type).toBe('error');
    const held = Object.entries({ written, copied, recovered, resumed }).map(([step, { heldMs }]) => [
      step,
      heldMs,
    ]);
    expect(held.filter(([, ms]) => Number(ms) >= MAX_HELD_MS)).toEqual([]);
  },
);
