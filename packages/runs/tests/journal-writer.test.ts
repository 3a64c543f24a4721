import { runEvents } from '@parley/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StartedRun } from '../src/index.ts';
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

describe('JournalWriter', () => {
  async function journaledText({ teamId, runId }: StartedRun): Promise<string> {
    const rows = await runEvents.list(context.database.db, { teamId, runId, afterSeq: 0 });
    return JSON.stringify(rows.map((row) => row.events));
  }

  test('the journal holds the text of a run while the run is active', async () => {
    await using instance = await context.startInstance();
    context.webhook.answerTokens(['already here', ' never'], () => new Promise(() => {}));
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await expect.poll(() => journaledText(run), { timeout: 10_000 }).toContain('already here');
  });

  test('the journal gets one row per run and tick, not one per token', async () => {
    await using instance = await context.startInstance();
    const { count: before } = await countJournalRows();
    context.webhook.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let token = 0; token < 100; token += 1) {
        response.write(`data: {"content":"t${token} "}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      response.end('data: [DONE]\n\n');
    });
    const runs = await Promise.all(Array.from({ length: 5 }, () => context.commitRun(instance.runs)));
    for (const run of runs) instance.runs.start(run);
    await Promise.all(runs.map((run) => followAll(instance.runs, run)));
    expect((await countJournalRows()).count - before).toBeLessThan(5 * 100 * 0.3);
  });

  async function countJournalRows(): Promise<{ count: number }> {
    return context.database.db
      .selectFrom('runEvents')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
  }

  test('the journal catches up after a database outage, and followers do not notice', async () => {
    const failures = { left: 0 };
    await using instance = await context.startInstance({ db: failingInserts(failures) });
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['before', ' after'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    failures.left = 3;
    instance.runs.start(run);
    await expect.poll(() => journaledText(run)).toContain('before');
    expect(instance.errors).toHaveLength(3);
    gate.resolve();
    expect(textOf(await followAll(instance.runs, run))).toBe('before after');
  });

  /** A database whose next journal statements fail. */
  function failingInserts(failures: { left: number }): typeof context.database.db {
    return context.database.system.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'RawNode' && failures.left > 0) {
          failures.left -= 1;
          throw new Error('the database is unavailable');
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    });
  }

  test('the journal of an ended run is deleted after its retention time, and the answer stays', async () => {
    await using instance = await context.startInstance({
      leaseMs: 150,
      journalRetentionMs: 0,
      logRetentionMs: 0,
    });
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    await expect.poll(() => journaledText(run)).toBe('[]');
    expect(textOf(await followAll(instance.runs, run))).toBe('Hello from the agent');
  });
});
