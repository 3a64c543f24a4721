import { newId } from '@parley/db';
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

describe('a follower', () => {
  test('cut at any event goes on from there, and ends with the saved text', async () => {
    await using instance = await context.startInstance();
    const tokens = ['Once', ' upon', ' a', ' time', ' \u{1F469}\u{200D}\u{1F680}', ' end'];
    context.webhook.answerTokens(tokens);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const whole = await followAll(instance.runs, run);
    const saved = await context.savedAnswer(run);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const before = whole.slice(0, cut);
      const after = await followAll(instance.runs, run, before.at(-1)?.cursor);
      expect(textOf(after, textOf(before))).toBe(saved?.content);
    }
  });

  test('with a cursor of another run, or past the end, starts anew and drops its text', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    for (const after of [
      { runId: newId(), seq: 3 },
      { runId: run.runId, seq: 10_000 },
    ]) {
      const events = await followAll(instance.runs, run, after);
      expect(textOf(events, 'text of something else')).toBe('Hello from the agent');
      expect(events.at(-1)?.event.type).toBe('done');
    }
  });

  test('on an instance that did not execute the run, or comes after a restart, gets the saved answer', async () => {
    await using first = await context.startInstance();
    const run = await context.commitRun(first.runs);
    first.runs.start(run);
    const live = await followAll(first.runs, run);
    await using second = await context.startInstance();
    expect(textOf(await followAll(second.runs, run))).toBe('Hello from the agent');
    const resumed = await followAll(second.runs, run, live.at(-2)?.cursor);
    expect(textOf(resumed, textOf(live.slice(0, -1)))).toBe('Hello from the agent');
    expect(resumed.at(-1)?.event).toEqual(live.at(-1)?.event);
  });

  test('who has seen the terminal event gets nothing more', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(await followAll(instance.runs, run, events.at(-1)?.cursor)).toEqual([]);
    await using other = await context.startInstance();
    const saved = await followAll(other.runs, run);
    for (const cursor of [saved.at(-1)?.cursor, events.at(-1)?.cursor])
      expect(await followAll(other.runs, run, cursor)).toEqual([]);
  });

  test('that has the saved text from one instance does not get it twice from another', async () => {
    await using writer = await context.startInstance();
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    await followAll(writer.runs, run);
    await using other = await context.startInstance();
    const saved = (await followAll(other.runs, run)).slice(0, -1);
    // Cut before the terminal event, it goes on where the run's log is still in memory, or where it is not.
    for (const { runs } of [writer, other]) {
      const rest = await followAll(runs, run, saved.at(-1)?.cursor);
      expect(textOf(rest, textOf(saved))).toBe('Hello from the agent');
      expect(rest.at(-1)?.event.type).toBe('done');
    }
  });

  test('that has counted whatever number of events is told of the end, unless it says that it was', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    // A writer that lost the run had counted text where the others have the end, or nothing: any number may come.
    for (let seq = 0; seq <= 20; seq += 1) {
      const rest = await followAll(instance.runs, run, { runId: run.runId, seq });
      expect(rest.at(-1)?.event.type).toBe('done');
    }
  });

  test('among many of one run sees all of it', async () => {
    await using instance = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b', 'c'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const followers = Array.from({ length: 20 }, () => followAll(instance.runs, run));
    gate.resolve();
    for (const events of await Promise.all(followers)) expect(textOf(events)).toBe('abc');
  });

  test('that leaves lets the run go on', async () => {
    await using instance = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const controller = new AbortController();
    const events = instance.runs.follow({ ...run, signal: controller.signal });
    await events.next();
    controller.abort();
    gate.resolve();
    await Array.fromAsync(events);
    await expect.poll(() => context.savedAnswer(run)).toMatchObject({ content: 'ab', status: 'complete' });
  });
});
