import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FollowedEvent } from '../src/index.ts';
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

describe('remote runs', () => {
  test('a run of another instance is followed live, from any position, to its end', async () => {
    const listenUrl = context.database.url;
    await using writer = await context.startInstance();
    await using reader = await context.startInstance({ listenUrl });
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let gate = 0;
    context.webhook.answerTokens(['one', ' two'], () => gates[gate++]?.promise ?? Promise.resolve());
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);

    const live = reader.runs.follow(run);
    let text = '';
    let cursor: FollowedEvent['cursor'] | undefined;
    for (let next = await live.next(); !next.done; next = await live.next()) {
      if (next.value.event.type === 'message') {
        text += next.value.event.data.content;
        cursor ??= next.value.cursor;
      }
      if (text === 'one') gates[0]?.resolve();
      if (text === 'one two') gates[1]?.resolve();
    }
    expect(text).toBe('one two');
    expect(textOf(await followAll(reader.runs, run, cursor), 'one')).toBe('one two');
  });

  test('many followers of a run of another instance may leave and come back', async () => {
    await using writer = await context.startInstance();
    await using reader = await context.startInstance({ listenUrl: context.database.url });
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b', 'c'], () => gate.promise);
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    const leaver = reader.runs.follow(run);
    await leaver.next();
    await leaver.return(undefined);
    const followers = Array.from({ length: 10 }, () => followAll(reader.runs, run));
    gate.resolve();
    for (const events of await Promise.all(followers)) {
      expect(textOf(events)).toBe('abc');
      expect(events.at(-1)?.event.type).toBe('done');
    }
  });

  test('a run of another instance is followed to its end without any wake-up', async () => {
    await using writer = await context.startInstance();
    await using reader = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    const events = reader.runs.follow(run);
    await events.next();
    gate.resolve();
    expect((await Array.fromAsync(events)).at(-1)?.event.type).toBe('done');
  });

  test('a run of another instance ends for its followers when its chat is deleted', async () => {
    await using writer = await context.startInstance();
    await using reader = await context.startInstance();
    context.webhook.answerTokens(['a', 'b'], () => new Promise(() => {}));
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    const events = reader.runs.follow(run);
    await events.next();
    await context.database.db.deleteFrom('chats').where('teamId', '=', run.teamId).execute();
    expect((await Array.fromAsync(events)).at(-1)?.event.type).toBe('error');
  });
});
