import { insertRunEvents, newId } from '@parley/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestRuns, followAll, textOf, type TestRuns } from './support/test-runs.ts';

let context: TestRuns;

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

beforeEach(() => {
  context.webhook.requests.length = 0;
  context.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

describe('an instance', () => {
  test('that closes saves what its runs have received, and tells their followers', async () => {
    await using instance = await context.startInstance();
    const started = Promise.withResolvers<void>();
    context.webhook.answerTokens(['Received', ' never'], () => {
      started.resolve();
      return new Promise(() => {});
    });
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await started.promise;
    await expect.poll(() => context.webhook.requests.length).toBe(1);
    await instance.runs.close({ graceMs: 100 });
    const last = (await events).at(-1)?.event;
    expect(last).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Received', status: 'interrupted' });
  });

  test('that closes waits for runs that end within the grace period', async () => {
    await using instance = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const closing = instance.runs.close({ graceMs: 10_000 });
    gate.resolve();
    await closing;
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'ab', status: 'complete' });
  });

  test('ends the runs of one that is gone when their lease has lapsed, not before, and once', async () => {
    const gone = { instanceId: newId(), leaseMs: 600 };
    const run = await context.commitRun(gone);
    await using a = await context.startInstance({ leaseMs: 300 });
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'streaming' });
    await using _b = await context.startInstance({ leaseMs: 300 });
    const events = await followAll(a.runs, run);
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'interrupted' });
  });

  test('keeps its own runs alive past the length of a lease', async () => {
    await using instance = await context.startInstance({ leaseMs: 300 });
    await using _other = await context.startInstance({ leaseMs: 300 });
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['slow', ' answer'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'streaming' });
    gate.resolve();
    expect((await followAll(instance.runs, run)).at(-1)?.event.type).toBe('done');
  });

  test('keeps what one that is gone had received', async () => {
    const gone = { instanceId: newId(), leaseMs: 100 };
    const run = await context.commitRun(gone);
    const { teamId, runId } = run;
    const events = ['Half ', 'an '].map((content) => ({ type: 'message', data: { content } }));
    await insertRunEvents(context.database.db, {
      instanceId: gone.instanceId,
      rows: [{ teamId, runId, seq: 2, events }],
    });
    await using instance = await context.startInstance({ leaseMs: 300 });
    expect(textOf(await followAll(instance.runs, run))).toBe('Half an ');
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Half an ', status: 'interrupted' });
  });

  test('that has the database to itself ends at its start what an earlier one left running', async () => {
    const run = await context.commitRun({ instanceId: newId(), leaseMs: 600_000 });
    await using _instance = await context.startInstance({ isOnlyInstance: true });
    expect(await context.savedAnswer(run)).toMatchObject({
      status: 'interrupted',
      errorReason: 'RUN_INTERRUPTED',
    });
  });

  test('whose run was ended by another one does not write over it', async () => {
    await using instance = await context.startInstance({ leaseMs: 600_000 });
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['late', ' text'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await using _thief = await context.startInstance({ isOnlyInstance: true });
    const seen = await events;
    expect(seen.at(-1)?.event.type).toBe('error');
    gate.resolve();
    expect(await context.savedAnswer(run)).toMatchObject({ content: textOf(seen), status: 'interrupted' });
  });
});
