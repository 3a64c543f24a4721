import { runEvents } from '@parley/db';
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

describe('runs.stop()', () => {
  test('stopping a run aborts the webhook request, keeps the text received, and ends the streams of its followers', async () => {
    await using instance = await context.startInstance();
    const left = Promise.withResolvers<void>();
    context.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Enough"}\n\n');
      response.once('close', () => left.resolve());
    });
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = instance.runs.follow(run);
    for (let next = await events.next(); next.value?.event.type === 'status'; next = await events.next());
    expect(await instance.runs.stop(run)).toBe(run.runId);
    await left.promise;
    expect((await Array.fromAsync(events)).at(-1)?.event).toMatchObject({
      type: 'error',
      data: { reason: 'RUN_CANCELED' },
    });
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Enough', status: 'canceled' });
    expect(await instance.runs.stop(run)).toBeUndefined();
  });

  test('a run can be stopped from another instance, even while it sends no text', async () => {
    await using writer = await context.startInstance({ leaseMs: 600 });
    await using other = await context.startInstance({ listenUrl: context.database.url });
    const left = Promise.withResolvers<void>();
    context.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Enough"}\n\n');
      response.once('close', () => left.resolve());
    });
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    const onWriter = followAll(writer.runs, run);
    const onOther = followAll(other.runs, run);
    await expect.poll(() => runEvents.list(context.database.db, { ...run, afterSeq: 1 })).not.toEqual([]);
    expect(await other.runs.stop(run)).toBe(run.runId);
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Enough', status: 'canceled' });
    await left.promise;
    for (const events of [await onWriter, await onOther]) {
      expect(textOf(events)).toBe('Enough');
      expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_CANCELED' } });
    }
  });
});
