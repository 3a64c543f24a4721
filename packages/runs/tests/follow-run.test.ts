import { setTimeout as sleep } from 'node:timers/promises';
import { newId, runEvents } from '@parley/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FollowedEvent, Runs, StartedRun } from '../src/index.ts';
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

describe('runs.follow()', () => {
  test('a follower cut at any event continues from there and ends with the saved text', async () => {
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

  test('a follower with a cursor of another run or past the end restarts and drops its text', async () => {
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

  test('a follower on another instance, or after a restart, gets the saved answer', async () => {
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

  test('a follower cut before the end of a run gets only the rest, also when the log has left the memory or on another instance', async () => {
    await using instance = await context.startInstance({ logRetentionMs: 0 });
    await using other = await context.startInstance();
    const { run, whole } = await followSlowAnswer(instance.runs);
    for (const { runs } of [instance, other]) {
      for (const [index, { cursor }] of whole.slice(0, -1).entries()) {
        const rest = await followAll(runs, run, cursor);
        expect(rest.filter(isReset)).toEqual([]);
        expect(textOf(rest, textOf(whole.slice(0, index + 1)))).toBe('Hello from the agent');
        expect(rest.at(-1)).toEqual(whole.at(-1));
      }
    }
  });

  test('a follower cut before the end of a run gets the whole answer if the journal does not have all of the rest', async () => {
    await using instance = await context.startInstance({ logRetentionMs: 0 });
    const { db } = context.database;
    for (const isLost of ['first', 'all']) {
      const { run, whole } = await followSlowAnswer(instance.runs);
      const [first] = await runEvents.list(db, { ...run, afterSeq: 0 });
      let deletion = db.deleteFrom('runEvents').where('runId', '=', run.runId);
      if (isLost === 'first') deletion = deletion.where('seq', '=', first?.seq ?? 0);
      await deletion.execute();
      const events = await followAll(instance.runs, run, whole[0]?.cursor);
      expect(events.slice(0, 1).filter(isReset)).toHaveLength(1);
      expect(textOf(events, 'dropped')).toBe('Hello from the agent');
      expect(events.at(-1)).toEqual(whole.at(-1));
    }
  });

  /** An answer so slow that its follower gets every event, and the journal a row for each. Returns once it has left the memory. */
  async function followSlowAnswer(runs: Runs): Promise<{ run: StartedRun; whole: FollowedEvent[] }> {
    context.webhook.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const content of ['Hello', ' from', ' the', ' agent']) {
        response.write(`data: ${JSON.stringify({ content })}\n\n`);
        await sleep(80);
      }
      response.end('data: [DONE]\n\n');
    });
    const run = await context.commitRun(runs);
    runs.start(run);
    const whole = await followAll(runs, run);
    await expect.poll(async () => (await followAll(runs, run))[0]?.cursor.seq).toBe('saved');
    return { run, whole };
  }

  function isReset({ event }: FollowedEvent): boolean {
    return event.type === 'message' && event.data.reset === true;
  }

  test('a follower that has seen the terminal event gets no more events', async () => {
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

  test('a follower with the saved text from one instance does not get it again from another', async () => {
    await using writer = await context.startInstance();
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    await followAll(writer.runs, run);
    await using other = await context.startInstance();
    const saved = (await followAll(other.runs, run)).slice(0, -1);
    // A follower cut before the terminal event continues, whether or not the run's log is still in memory.
    for (const { runs } of [writer, other]) {
      const rest = await followAll(runs, run, saved.at(-1)?.cursor);
      expect(textOf(rest, textOf(saved))).toBe('Hello from the agent');
      expect(rest.at(-1)?.event.type).toBe('done');
    }
  });

  test('a follower with any event count gets the terminal event, unless its cursor says that it has it', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    // A writer that lost the run may have counted events that the other copies do not have, so any count may arrive.
    for (let seq = 0; seq <= 20; seq += 1) {
      const rest = await followAll(instance.runs, run, { runId: run.runId, seq });
      expect(rest.at(-1)?.event.type).toBe('done');
    }
  });

  test('each of many followers of a run sees all of it', async () => {
    await using instance = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b', 'c'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const followers = Array.from({ length: 20 }, () => followAll(instance.runs, run));
    gate.resolve();
    for (const events of await Promise.all(followers)) expect(textOf(events)).toBe('abc');
  });

  test('a follower that leaves does not end the run', async () => {
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
