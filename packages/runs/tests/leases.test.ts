import { newId, runEvents } from '@parley/db';
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

describe('leases', () => {
  test('an instance that closes saves the text of its runs and ends the streams of their followers', async () => {
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

  test('an instance that closes waits for runs that end within the grace period', async () => {
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

  test('an instance that closes admits no more runs, and waits for the runs already admitted', async () => {
    await using instance = await context.startInstance();
    context.webhook.answerTokens(['Received', ' never'], () => new Promise(() => {}));
    using admission = instance.runs.admit('team');
    const closing = instance.runs.close();
    expect(instance.runs.admit('team').refusal).toBe('closing');
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    admission[Symbol.dispose]();
    await closing;
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'interrupted' });
  });

  test('an instance that closes ends its grace period when `hurry` aborts', async () => {
    await using instance = await context.startInstance();
    context.webhook.answerTokens(['Received', ' never'], () => new Promise(() => {}));
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const hurry = new AbortController();
    const closing = instance.runs.close({ graceMs: 600_000, hurry: hurry.signal });
    hurry.abort();
    await closing;
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'interrupted' });
  });

  test('an instance does not extend the lease of a run that it does not execute, such as one whose commit response was lost', async () => {
    await using instance = await context.startInstance({ leaseMs: 1_000 });
    context.webhook.answerTokens(['slow', ' answer'], () => new Promise(() => {}));
    const executed = await context.commitRun(instance.runs);
    instance.runs.start(executed);
    const orphan = await context.commitRun(instance.runs);
    const events = await followAll(instance.runs, orphan);
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await context.savedAnswer(orphan)).toMatchObject({ status: 'interrupted' });
    expect(await context.savedAnswer(executed)).toMatchObject({ status: 'streaming' });
  });

  test('an instance whose leases expired during a database outage keeps its runs', async () => {
    const outage = { isOn: false };
    const db = context.database.db.withPlugin({
      transformQuery({ node }) {
        if (outage.isOn) throw new Error('the database is unavailable');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const leaseMs = 500;
    await using writer = await context.startInstance({ db, leaseMs });
    await using other = await context.startInstance({ db, leaseMs });
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['before', ' after'], () => gate.promise);
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    await expect.poll(() => context.webhook.requests.length).toBe(1);
    outage.isOn = true;
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
    outage.isOn = false;
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs));
    expect(writer.errors.length).toBeGreaterThan(0);
    expect(other.errors.length).toBeGreaterThan(0);
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'streaming' });
    gate.resolve();
    expect(textOf(await followAll(other.runs, run))).toBe('before after');
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'before after', status: 'complete' });
  });

  test('the runs of a dead instance are ended once, and not before their lease has expired', async () => {
    const gone = { instanceId: newId(), leaseMs: 600 };
    const run = await context.commitRun(gone);
    await using a = await context.startInstance({ leaseMs: 300 });
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'streaming' });
    await using _b = await context.startInstance({ leaseMs: 300 });
    const events = await followAll(a.runs, run);
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await context.savedAnswer(run)).toMatchObject({ status: 'interrupted' });
  });

  test('an instance extends the leases of its own runs', async () => {
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

  test('the text that a dead instance had journaled is kept', async () => {
    const gone = { instanceId: newId(), leaseMs: 100 };
    const run = await context.commitRun(gone);
    const { teamId, runId } = run;
    const events = ['Half ', 'an '].map((content) => ({ type: 'message', data: { content } }));
    await runEvents.insert(context.database.db, {
      instanceId: gone.instanceId,
      rows: [{ teamId, runId, seq: 2, events }],
    });
    await using instance = await context.startInstance({ leaseMs: 300 });
    expect(textOf(await followAll(instance.runs, run))).toBe('Half an ');
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Half an ', status: 'interrupted' });
  });

  test('the only instance of a database ends at its start the runs that an earlier process left active', async () => {
    const run = await context.commitRun({ instanceId: newId(), leaseMs: 600_000 });
    await using _instance = await context.startInstance({ isOnlyInstance: true });
    expect(await context.savedAnswer(run)).toMatchObject({
      status: 'interrupted',
      errorReason: 'RUN_INTERRUPTED',
    });
  });

  test('an instance does not overwrite a run that another instance has ended', async () => {
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
