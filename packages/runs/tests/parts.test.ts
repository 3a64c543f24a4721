import type { AnswerPart, PartUpdate } from '@parley/webhook';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectParts } from '../src/collect-parts.ts';
import { createDatabaseJournal, toJournal } from '../src/database-journal.ts';
import { recoverRuns } from '../src/recover-runs.ts';
import { RunLog } from '../src/run-log.ts';
import type { RunEvent, RunLogEntry } from '../src/run-event.ts';
import { createTestRuns, followAll, type TestRuns } from './support/test-runs.ts';

const text = (content: string): RunEvent => ({ type: 'message', data: { content } });
const reset = (content: string, parts?: AnswerPart[]): RunEvent => ({
  type: 'message',
  data: { content, reset: true, ...(parts && { parts }) },
});
const part = (data: PartUpdate): RunEvent => ({ type: 'part', data });
const thought = (delta: string, id = 'r1'): RunEvent => part({ id, type: 'reasoning-delta', delta });
const tool = (state: 'input' | 'running', input = {}): PartUpdate => ({
  ...{ id: 't1', type: 'tool', name: 'search', state, input },
});
const done: RunEvent = { type: 'done', data: { message: 'Stream completed', messageId: 'm' } };

function logOf(...events: RunEvent[]): RunLog {
  const log = new RunLog();
  for (const event of events) log.append(event);
  return log;
}

async function readAll(log: RunLog, afterSeq = 0): Promise<RunLogEntry[]> {
  return Array.fromAsync(log.read({ afterSeq, present: (entry: RunLogEntry) => entry }));
}

describe('the parts of an answer', () => {
  test('text stays in place between the other parts, and an update stays where its part is', () => {
    const events = [
      ...[text('Let me '), text('look.'), thought('Hm'), part(tool('input')), thought('m'), text('Found')],
      ...[
        part(tool('running')),
        text(' it.'),
        part({ id: 'r1', type: 'reasoning', text: 'Hmm', durationMs: 5 }),
      ],
    ];
    expect(collectParts(events)).toEqual([
      { id: 'text-1', type: 'text', text: 'Let me look.' },
      { id: 'r1', type: 'reasoning', text: 'Hmm', durationMs: 5 },
      tool('running'),
      { id: 'text-2', type: 'text', text: 'Found it.' },
    ]);
  });

  test('are null for an answer that is text alone', () => {
    expect(collectParts([text('a'), reset('b'), text('c'), done])).toBeNull();
  });

  test('a reset replaces the text, and with `parts` everything', () => {
    const before = [text('wrong'), thought('Hm'), text('wrong')];
    expect(collectParts([...before, reset(''), text('right')])).toEqual([
      { id: 'r1', type: 'reasoning', text: 'Hm' },
      { id: 'text-1', type: 'text', text: 'right' },
    ]);
    expect(collectParts([...before, reset('right', [])])).toBeNull();
    const saved: AnswerPart[] = [
      { id: 'text-1', type: 'text', text: 'right' },
      { ...tool('running') } as AnswerPart,
    ];
    expect(collectParts([...before, reset('right', saved)])).toEqual(saved);
  });
});

describe('a log with parts', () => {
  test('gives a reader that is behind adjacent deltas of one part as one, and of adjacent states the newest', async () => {
    const log = logOf(
      ...[thought('a'), thought('b'), thought('c', 'r2'), text('d'), thought('e'), part(tool('input'))],
      ...[part(tool('running')), text('f'), part(tool('input')), done],
    );
    expect(await readAll(log)).toEqual([
      { seq: 2, event: thought('ab') },
      { seq: 3, event: thought('c', 'r2') },
      { seq: 4, event: text('d') },
      { seq: 5, event: thought('e') },
      { seq: 7, event: part(tool('running')) },
      { seq: 8, event: text('f') },
      { seq: 9, event: part(tool('input')) },
      { seq: 10, event: done },
    ]);
  });

  test('gives readers from every position the same parts, also of packed events', async () => {
    const events: RunEvent[] = [];
    for (let index = 0; index < 700; index += 1) {
      const kind = (index * 7919) % 23;
      if (kind < 9) events.push(thought(`${index} `, `r${kind % 2}`));
      else if (kind < 18) events.push(text(`${index} `));
      else if (kind === 18) events.push(reset(''));
      else events.push(part(tool(kind === 19 ? 'input' : 'running', { index })));
    }
    const log = logOf(...events, done);
    const parts = collectParts(events);
    expect(parts).not.toBeNull();
    expect((await log.readAnswer()).parts).toEqual(parts);
    expect(collectParts(log.eventsAfter(0))).toEqual(parts);
    for (let seq = 0; seq <= events.length; seq += 13) {
      const rest = (await readAll(log, seq)).map(({ event }) => event);
      expect(collectParts([...events.slice(0, seq), ...rest])).toEqual(parts);
    }
  });

  test('counts the memory of its parts', () => {
    const log = logOf(
      part({ id: 't1', type: 'tool', name: 'x', state: 'output', output: 'x'.repeat(60_000) }),
    );
    expect(log.bytes).toBeGreaterThan(60_000);
    const many = logOf(
      part({
        id: 't1',
        type: 'tool',
        name: 'x',
        state: 'output',
        output: Array.from({ length: 10_000 }, () => ({})),
      }),
    );
    expect(many.bytes).toBeGreaterThan(500_000);
  });
});

describe('a journal with parts', () => {
  let context: TestRuns;

  beforeAll(async () => {
    context = await createTestRuns();
  });

  afterAll(async () => {
    await context[Symbol.asyncDispose]();
  });

  test('is read as empty text by an instance that knows no parts', () => {
    expect(toJournal([thought('Hm'), text('a')])).toEqual([
      { type: 'message', data: { content: '' }, part: { id: 'r1', type: 'reasoning-delta', delta: 'Hm' } },
      text('a'),
    ]);
  });

  test('keeps the parts of a run whose instance was killed, and every follower gets them', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    const { instanceId } = instance.runs;
    const journal = createDatabaseJournal({ db: context.database.system, instanceId });
    const events = [text('Let me look.'), thought('H'), thought('m'), part(tool('input', { $ref: [1] }))];
    await journal.append([{ ...run, seq: events.length, events }]);
    await recoverRuns(context.database.system, { all: true });

    const parts = collectParts(events);
    expect(await context.savedAnswer(run)).toMatchObject({
      content: 'Let me look.',
      status: 'interrupted',
      parts,
    });
    const error = expect.objectContaining({ type: 'error' });
    const followers = [
      {
        after: undefined,
        shown: [{ type: 'message', data: { content: 'Let me look.', reset: true, parts } }],
      },
      { after: { runId: run.runId, seq: 2 }, shown: events.slice(2) },
    ];
    for (const { after, shown } of followers) {
      const followed = await followAll(instance.runs, run, after);
      expect(followed.map(({ event }) => event)).toEqual([...shown, error]);
    }
  });

  test('is followed on another instance, with the parts as they come', async () => {
    await using writer = await context.startInstance();
    await using reader = await context.startInstance();
    const run = await context.commitRun(writer.runs);
    const journal = createDatabaseJournal({
      db: context.database.system,
      instanceId: writer.runs.instanceId,
    });
    await journal.append([{ ...run, seq: 2, events: [thought('H'), thought('m')] }]);
    const followed: RunEvent[] = [];
    const following = (async () => {
      for await (const { event } of reader.runs.follow(run)) followed.push(event);
    })();
    await expect.poll(() => followed).toEqual([thought('Hm')]);
    await journal.append([{ ...run, seq: 3, events: [part(tool('running'))] }]);
    await expect.poll(() => followed, { timeout: 5_000 }).toEqual([thought('Hm'), part(tool('running'))]);
    await reader.runs.stop(run);
    await following;
    expect(followed.at(-1)).toMatchObject({ type: 'error', data: { reason: 'RUN_CANCELED' } });
    expect(await context.savedAnswer(run)).toMatchObject({ content: '', parts: collectParts(followed) });
  });
});
