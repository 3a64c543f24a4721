// Applies every trigger in every state on a real database, and compares the outcome with the table.
import { chats, messages, newId, runEvents, runs, type EndedRunState } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StartedRun } from '../src/index.ts';
import { recoverRuns } from '../src/recover-runs.ts';
import {
  endedBy,
  isEnded,
  isRetryable,
  transitions,
  type RunCondition,
  type RunTrigger,
} from '../src/run-state.ts';
import { stopRun } from '../src/stop-run.ts';
import { createTestRuns, type TestRuns } from './support/test-runs.ts';

let context: TestRuns;
const instanceId = newId();

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

const events = [{ type: 'message', data: { content: 'text' } }];

/** Ends a run as its writer does. */
async function endAsWriter({ teamId, runId }: StartedRun, state: EndedRunState): Promise<void> {
  const error = state === 'succeeded' ? null : { reason: 'AGENT_ERROR', message: 'It failed.' };
  await runs.end(context.database.db, {
    teamId,
    runId,
    instanceId,
    state,
    error,
    content: `text of ${state}`,
    parts: null,
    events,
    lastSeq: 9,
  });
}

/** A retry changes no run here. The API's tests check that it is refused where the table says so. */
const triggers: Record<Exclude<RunTrigger, 'retry'>, (run: StartedRun) => Promise<unknown>> = {
  receive: ({ teamId, runId }) =>
    runEvents.insert(context.database.db, { instanceId, rows: [{ teamId, runId, seq: 1, events }] }),
  complete: (run) => endAsWriter(run, endedBy('complete')),
  fail: (run) => endAsWriter(run, endedBy('fail')),
  stop: (run) => stopRun(run, { db: context.database.db, stopHere: () => undefined }),
  interrupt: () => recoverRuns(context.database.db, { all: true }),
  delete: ({ teamId, chatId, user }) =>
    chats.delete(context.database.db, { teamId, userId: user.id, id: chatId }),
};

/** Brings a running run into each state. */
const ways: Record<RunCondition, keyof typeof triggers | undefined> = {
  running: undefined,
  succeeded: 'complete',
  failed: 'fail',
  canceled: 'stop',
  interrupted: 'interrupt',
  deleted: 'delete',
};

async function lookAt(run: StartedRun) {
  const { db } = context.database;
  const { teamId, chatId, runId, assistantMessageId } = run;
  const saved = await runs.find(db, { teamId, chatId, id: runId });
  return {
    condition: saved?.state ?? 'deleted',
    run: saved,
    message: await messages.find(db, { teamId, id: assistantMessageId }),
    journal: await runEvents.list(db, { teamId, runId, afterSeq: 0 }),
  };
}

const states = ['running', 'succeeded', 'failed', 'canceled', 'interrupted', 'deleted'] as const;

describe.each(states)('a run that is %s', (state) => {
  test.each(Object.entries(triggers))(
    'the outcome is that of the transition table for: %s',
    async (name, trigger) => {
      const run = await context.commitRun({ instanceId, leaseMs: 600_000 });
      const way = ways[state];
      if (way !== undefined) await triggers[way](run);
      const before = await lookAt(run);
      expect(before.condition).toBe(state);

      await trigger(run);
      const after = await lookAt(run);
      const expected = Object.entries(transitions[state]).find(([key]) => key === name)?.[1];
      if (expected === 'refused') expect(after).toEqual(before);
      else expect(after.condition).toBe(expected);
    },
  );
});

test('an ended run changes its state only by being deleted', () => {
  for (const state of states) {
    if (state === 'running') continue;
    const next = new Set<string>(Object.values(transitions[state]));
    for (const allowed of ['refused', 'deleted', state]) next.delete(allowed);
    expect(next).toEqual(new Set());
  }
});

test('each ending trigger leads to its own state, and each ended state has one trigger', () => {
  const ends = (['complete', 'fail', 'stop', 'interrupt'] as const).map(endedBy);
  expect(ends.toSorted()).toEqual(['canceled', 'failed', 'interrupted', 'succeeded']);
  expect(ends.filter(isEnded)).toEqual(ends);
  expect(isEnded('running')).toBe(false);
  expect(ends.filter(isRetryable)).toEqual(['failed', 'canceled', 'interrupted']);
});
