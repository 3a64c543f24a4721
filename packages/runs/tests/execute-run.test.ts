import { runs } from '@parley/db';
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

describe('executeRun()', () => {
  test('a run streams the answer and ends with one terminal event, and is saved before that', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(textOf(events)).toBe('Hello from the agent');
    expect(events.at(-1)?.event).toEqual({
      type: 'done',
      data: { message: 'Stream completed', messageId: run.assistantMessageId },
    });
    expect(await context.savedAnswer(run)).toMatchObject({
      content: 'Hello from the agent',
      status: 'complete',
    });
    expect(await runs.find(context.database.db, { ...run, id: run.runId })).toMatchObject({
      state: 'succeeded',
    });
  });

  test('a run sends the history, the system prompt and the user to the webhook', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    expect(context.webhook.requests).toHaveLength(1);
    expect(context.webhook.requests[0]?.headers['idempotency-key']).toBe(run.runId);
    expect(context.webhook.requests[0]?.body).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
      system_prompt: 'Be brief',
      chatInput: 'Hi',
      sessionId: run.chatId,
      user: { email: 'u@example.com' },
    });
  });

  test('a run without followers continues to its end', async () => {
    await using instance = await context.startInstance();
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    await expect
      .poll(() => context.savedAnswer(run), { timeout: 10_000 })
      .toMatchObject({ content: 'Hello from the agent', status: 'complete' });
  });

  test('a run that fails midway keeps the text received, gives the reason, and is recorded in the team’s error log', async () => {
    await using instance = await context.startInstance();
    context.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Half of"}\n\n', () => response.destroy());
    });
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(textOf(events)).toBe('Half of');
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'AGENT_UNREACHABLE' } });
    expect(await context.savedAnswer(run)).toMatchObject({
      content: 'Half of',
      status: 'failed',
      errorReason: 'AGENT_UNREACHABLE',
    });
    const logs = () =>
      context.database.db
        .selectFrom('errorLogs')
        .select(['reason', 'runId'])
        .where('teamId', '=', run.teamId)
        .execute();
    await expect.poll(logs).toEqual([{ reason: 'AGENT_UNREACHABLE', runId: run.runId }]);
  });

  test('a run ends for its followers when its chat is deleted', async () => {
    await using instance = await context.startInstance();
    const gate = Promise.withResolvers<void>();
    context.webhook.answerTokens(['one', ' two'], () => gate.promise);
    const run = await context.commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await context.database.db.deleteFrom('chats').where('teamId', '=', run.teamId).execute();
    gate.resolve();
    expect((await events).at(-1)?.event.type).toBe('error');
    expect(instance.errors).toEqual([]);
  });

  test('a run whose save fails is saved once the database answers again', async () => {
    let failures = 0;
    const failing = context.database.system.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'UpdateQueryNode' && failures > 0) {
          failures -= 1;
          throw new Error('the database is unavailable');
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    await using troubled = await context.startInstance({ db: failing });
    const run = await context.commitRun(troubled.runs);
    context.webhook.answer((response) => {
      failures = 2;
      response.end(JSON.stringify({ output: 'Kept' }));
    });
    troubled.runs.start(run);
    const events = await followAll(troubled.runs, run);
    expect(events.at(-1)?.event.type).toBe('done');
    expect(await context.savedAnswer(run)).toMatchObject({ content: 'Kept', status: 'complete' });
    expect(troubled.errors).toHaveLength(2);
  });
});
