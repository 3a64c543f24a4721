// Runs and followers on instances whose logs may take little memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRuns, followAll, textOf, type TestRuns } from './support/test-runs.ts';

let context: TestRuns;

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

const TOKEN = 'x'.repeat(1_000);

/** Answers with `first` tokens, and with `rest` more once `gate` has resolved. */
function answerLong({ first, rest, gate }: { first: number; rest: number; gate: Promise<void> }): void {
  context.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = `data: ${JSON.stringify({ content: TOKEN })}\n\n`;
    response.write(event.repeat(first));
    await gate;
    response.end(`${event.repeat(rest)}data: [DONE]\n\n`);
  });
}

test('when answers together exceed the memory, some end with OVERLOADED and keep their text, and the others are complete', async () => {
  await using instance = await context.startInstance({ maxLogBytes: 300_000 });
  const { runs } = instance;
  const gate = Promise.withResolvers<void>();
  answerLong({ first: 60, rest: 40, gate: gate.promise });
  const started = [];
  for (let index = 0; index < 6; index += 1) {
    const run = await context.commitRun(runs);
    runs.start(run);
    started.push(run);
  }
  const followers = started.map((run) => followAll(runs, run));
  // No answer is complete before one had to end.
  await Promise.race(followers);
  gate.resolve();
  const ends = [];
  for (const [index, run] of started.entries()) {
    const events = (await followers[index]) ?? [];
    const saved = await context.savedAnswer(run);
    expect(textOf(events)).toBe(saved?.content);
    expect(TOKEN.repeat(100).startsWith(saved?.content ?? 'none')).toBe(true);
    const last = events.at(-1)?.event;
    if (last?.type === 'done') expect(saved?.content).toHaveLength(100_000);
    ends.push(last?.type === 'error' ? last.data.reason : last?.type);
  }
  expect(new Set(ends)).toEqual(new Set(['done', 'OVERLOADED']));
  expect(instance.errors).toEqual([]);
});

test('new runs are refused while active ones leave little memory for answers, and admitted when it is free', async () => {
  const changes: boolean[] = [];
  await using instance = await context.startInstance({
    maxLogBytes: 500_000,
    observer: { overloadChanged: (isOverloaded) => changes.push(isOverloaded) },
  });
  const { runs } = instance;
  const gate = Promise.withResolvers<void>();
  answerLong({ first: 200, rest: 0, gate: gate.promise });
  const started = [];
  for (let index = 0; index < 3; index += 1) {
    const run = await context.commitRun(runs);
    runs.start(run);
    started.push(run);
  }
  await expect.poll(() => runs.activeRuns, { timeout: 10_000 }).toBe(2);
  using refused = runs.admit('team');
  expect(refused.refusal).toBe('overloaded');
  gate.resolve();
  await Promise.all(started.map((run) => followAll(runs, run)));
  await expect.poll(() => runs.isOverloaded).toBe(false);
  using admission = runs.admit('team');
  expect(admission.refusal).toBeUndefined();
  expect(changes).toEqual([true, false]);
});

test('a follower of another instance’s run gets each event once while copies are dropped for want of memory', async () => {
  await using writer = await context.startInstance();
  await using reader = await context.startInstance({
    listenUrl: context.database.url,
    maxLogBytes: 20_000,
  });
  context.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let token = 0; token < 60; token += 1) {
      response.write(`data: ${JSON.stringify({ content: `${token}${TOKEN}` })}\n\n`);
      await sleep(5);
    }
    response.end('data: [DONE]\n\n');
  });
  const run = await context.commitRun(writer.runs);
  writer.runs.start(run);
  const quick = followAll(reader.runs, run);
  const slow = (async () => {
    const events = [];
    for await (const followed of reader.runs.follow(run)) {
      events.push(followed);
      await sleep(100);
    }
    return events;
  })();
  const text = Array.from({ length: 60 }, (_, token) => `${token}${TOKEN}`).join('');
  for (const events of await Promise.all([quick, slow])) {
    expect(events.filter(({ event }) => event.type === 'message' && event.data.reset)).toEqual([]);
    expect(textOf(events)).toBe(text);
    expect(events.at(-1)?.event.type).toBe('done');
  }
});
