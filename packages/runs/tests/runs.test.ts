// Runs on a real database, a real webhook on a real socket.
import { randomBytes } from 'node:crypto';
import {
  findRun,
  insertAgent,
  insertChat,
  insertRunEvents,
  insertSend,
  insertTeam,
  insertUser,
  listAllMessages,
  listRunEvents,
  newId,
} from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createRuns,
  type FollowedEvent,
  type RunEvent,
  type Runs,
  type RunsOptions,
  type StartedRun,
} from '../src/index.ts';
import { createJournal } from '../src/journal.ts';
import { startTestWebhook, type TestWebhook } from '../src/testing/index.ts';

let database: TestDatabase;
let webhook: TestWebhook;

beforeAll(async () => {
  database = await createTestDatabase();
  webhook = await startTestWebhook();
});

afterAll(async () => {
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

beforeEach(() => {
  webhook.requests.length = 0;
  webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

interface StartedInstance extends AsyncDisposable {
  runs: Runs;
  errors: unknown[];
}

async function startInstance(options: Partial<RunsOptions> = {}): Promise<StartedInstance> {
  const errors: unknown[] = [];
  const runs = await createRuns({
    db: database.db,
    openSecret: (bytes) => Buffer.from(bytes).toString(),
    onError: (error) => errors.push(error),
    ...options,
  });
  return { runs, errors, [Symbol.asyncDispose]: () => runs.close() };
}

/** A committed run, as chat.send leaves it: the user said "Hi", the answer is still empty. */
async function commitRun({ instanceId, leaseMs }: Pick<Runs, 'instanceId' | 'leaseMs'>): Promise<StartedRun> {
  const { db } = database;
  const [teamId, userId, agentId, chatId, runId, userMessageId, assistantMessageId] = Array.from(
    { length: 7 },
    newId,
  );
  if (!teamId || !userId || !agentId || !chatId || !runId || !userMessageId || !assistantMessageId)
    throw new Error();
  await insertTeam(db, { id: teamId, slug: teamId, name: 'Team', is_registration_open: false });
  const user = {
    team_id: teamId,
    id: userId,
    email: 'u@example.com',
    display_name: 'U',
    role: 'user',
  } as const;
  await insertUser(db, { ...user, password_hash: randomBytes(8).toString('hex') });
  await insertAgent(db, {
    team_id: teamId,
    id: agentId,
    name: 'Agent',
    webhook_url: webhook.url,
    system_prompt: 'Be brief',
  });
  await insertChat(db, { team_id: teamId, id: chatId, user_id: userId, agent_id: agentId, title: 'Chat' });
  await insertSend(db, {
    teamId,
    userId,
    agentId,
    chatId,
    messageId: userMessageId,
    content: 'Hi',
    runId,
    assistantMessageId,
    lastSeq: 0,
    instanceId,
    leaseMs,
  });
  return {
    teamId,
    runId,
    chatId,
    agentId,
    assistantMessageId,
    userMessageSeq: 1,
    user: { id: userId, email: 'u@example.com', displayName: 'U', role: 'user' },
  };
}

async function savedAnswer({ teamId, chatId }: StartedRun) {
  return (await listAllMessages(database.db, { teamId, chatId })).at(-1);
}

async function followAll(
  runs: Runs,
  run: StartedRun,
  after?: FollowedEvent['cursor'],
): Promise<FollowedEvent[]> {
  return Array.fromAsync(runs.follow({ teamId: run.teamId, chatId: run.chatId, runId: run.runId, after }));
}

function textOf(events: { event: RunEvent }[], start = ''): string {
  let text = start;
  for (const { event } of events) {
    if (event.type === 'message')
      text = event.data.reset === true ? event.data.content : text + event.data.content;
  }
  return text;
}

describe('a run', () => {
  test('streams the answer, ends with one terminal event, and is saved by then', async () => {
    await using instance = await startInstance();
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(textOf(events)).toBe('Hello from the agent');
    expect(events.at(-1)?.event).toEqual({
      type: 'done',
      data: { message: 'Stream completed', messageId: run.assistantMessageId },
    });
    expect(await savedAnswer(run)).toMatchObject({ content: 'Hello from the agent', status: 'complete' });
    expect(await findRun(database.db, { ...run, id: run.runId })).toMatchObject({ state: 'succeeded' });
  });

  test('tells the webhook the history, the system prompt and who asks', async () => {
    await using instance = await startInstance();
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    expect(webhook.requests).toHaveLength(1);
    expect(webhook.requests[0]?.headers['idempotency-key']).toBe(run.runId);
    expect(webhook.requests[0]?.body).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
      system_prompt: 'Be brief',
      chatInput: 'Hi',
      sessionId: run.chatId,
      user: { email: 'u@example.com' },
    });
  });

  test('goes on to the end when nobody follows it', async () => {
    await using instance = await startInstance();
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    await expect
      .poll(() => savedAnswer(run))
      .toMatchObject({ content: 'Hello from the agent', status: 'complete' });
  });

  test('that fails in the middle keeps what was received, says why, and tells the team’s error log', async () => {
    await using instance = await startInstance();
    webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Half of"}\n\n', () => response.destroy());
    });
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(textOf(events)).toBe('Half of');
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'AGENT_UNREACHABLE' } });
    expect(await savedAnswer(run)).toMatchObject({
      content: 'Half of',
      status: 'failed',
      errorReason: 'AGENT_UNREACHABLE',
    });
    const logs = () =>
      database.db
        .selectFrom('error_logs')
        .select(['reason', 'run_id'])
        .where('team_id', '=', run.teamId)
        .execute();
    await expect.poll(logs).toEqual([{ reason: 'AGENT_UNREACHABLE', run_id: run.runId }]);
  });

  test('whose chat is deleted under it ends for its followers', async () => {
    await using instance = await startInstance();
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['one', ' two'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await database.db.deleteFrom('chats').where('team_id', '=', run.teamId).execute();
    gate.resolve();
    expect((await events).at(-1)?.event.type).toBe('error');
    expect(instance.errors).toEqual([]);
  });

  test('whose save fails at first is saved when the database answers again', async () => {
    let failures = 0;
    const failing = new Proxy(database.db, {
      get(target, property) {
        if (property === 'with' && failures > 0) {
          failures -= 1;
          return () => {
            throw new Error('the database is away');
          };
        }
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await using troubled = await startInstance({ db: failing });
    const run = await commitRun(troubled.runs);
    webhook.answer((response) => {
      failures = 2;
      response.end(JSON.stringify({ output: 'Kept' }));
    });
    troubled.runs.start(run);
    const events = await followAll(troubled.runs, run);
    expect(events.at(-1)?.event.type).toBe('done');
    expect(await savedAnswer(run)).toMatchObject({ content: 'Kept', status: 'complete' });
    expect(troubled.errors).toHaveLength(2);
  });
});

describe('a follower', () => {
  test('cut at any event goes on from there, and ends with the saved text', async () => {
    await using instance = await startInstance();
    const tokens = ['Once', ' upon', ' a', ' time', ' \u{1F469}\u{200D}\u{1F680}', ' end'];
    webhook.answerTokens(tokens);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const whole = await followAll(instance.runs, run);
    const saved = await savedAnswer(run);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const before = whole.slice(0, cut);
      const after = await followAll(instance.runs, run, before.at(-1)?.cursor);
      expect(textOf(after, textOf(before))).toBe(saved?.content);
    }
  });

  test('with a cursor of another run, or past the end, starts anew and drops its text', async () => {
    await using instance = await startInstance();
    const run = await commitRun(instance.runs);
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
    await using first = await startInstance();
    const run = await commitRun(first.runs);
    first.runs.start(run);
    const live = await followAll(first.runs, run);
    await using second = await startInstance();
    expect(textOf(await followAll(second.runs, run))).toBe('Hello from the agent');
    const resumed = await followAll(second.runs, run, live[2]?.cursor);
    expect(textOf(resumed, textOf(live.slice(0, 3)))).toBe('Hello from the agent');
    expect(resumed.at(-1)?.event).toEqual(live.at(-1)?.event);
  });

  test('who has seen the terminal event gets nothing more', async () => {
    await using instance = await startInstance();
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = await followAll(instance.runs, run);
    expect(await followAll(instance.runs, run, events.at(-1)?.cursor)).toEqual([]);
    await using other = await startInstance();
    const saved = await followAll(other.runs, run);
    expect(await followAll(other.runs, run, saved.at(-1)?.cursor)).toEqual([]);
  });

  test('among many of one run sees all of it', async () => {
    await using instance = await startInstance();
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['a', 'b', 'c'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const followers = Array.from({ length: 20 }, () => followAll(instance.runs, run));
    gate.resolve();
    for (const events of await Promise.all(followers)) expect(textOf(events)).toBe('abc');
  });

  test('that leaves lets the run go on', async () => {
    await using instance = await startInstance();
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const controller = new AbortController();
    const events = instance.runs.follow({ ...run, signal: controller.signal });
    await events.next();
    controller.abort();
    gate.resolve();
    await Array.fromAsync(events);
    await expect.poll(() => savedAnswer(run)).toMatchObject({ content: 'ab', status: 'complete' });
  });
});

describe('a run of another instance', () => {
  test('is followed live, from any place, and to its end', async () => {
    const listenUrl = database.url;
    await using writer = await startInstance();
    await using reader = await startInstance({ listenUrl });
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let gate = 0;
    webhook.answerTokens(['one', ' two'], () => gates[gate++]?.promise ?? Promise.resolve());
    const run = await commitRun(writer.runs);
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

  test('is followed by many at once, who may leave and come back', async () => {
    await using writer = await startInstance();
    await using reader = await startInstance({ listenUrl: database.url });
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['a', 'b', 'c'], () => gate.promise);
    const run = await commitRun(writer.runs);
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

  test('is followed to its end though no wake-up arrives', async () => {
    await using writer = await startInstance();
    await using reader = await startInstance();
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await commitRun(writer.runs);
    writer.runs.start(run);
    const events = reader.runs.follow(run);
    await events.next();
    gate.resolve();
    expect((await Array.fromAsync(events)).at(-1)?.event.type).toBe('done');
  });

  test('whose chat is deleted ends for its followers', async () => {
    await using writer = await startInstance();
    await using reader = await startInstance();
    webhook.answerTokens(['a', 'b'], () => new Promise(() => {}));
    const run = await commitRun(writer.runs);
    writer.runs.start(run);
    const events = reader.runs.follow(run);
    await events.next();
    await database.db.deleteFrom('chats').where('team_id', '=', run.teamId).execute();
    expect((await Array.fromAsync(events)).at(-1)?.event.type).toBe('error');
  });
});

describe('stopping', () => {
  test('aborts the webhook, keeps what was received, and tells the followers', async () => {
    await using instance = await startInstance();
    const left = Promise.withResolvers<void>();
    webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Enough"}\n\n');
      response.once('close', () => left.resolve());
    });
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = instance.runs.follow(run);
    for (let next = await events.next(); next.value?.event.type === 'status'; next = await events.next());
    expect(await instance.runs.stop(run)).toBe(run.runId);
    await left.promise;
    expect((await Array.fromAsync(events)).at(-1)?.event).toMatchObject({
      type: 'error',
      data: { reason: 'RUN_CANCELED' },
    });
    expect(await savedAnswer(run)).toMatchObject({ content: 'Enough', status: 'canceled' });
    expect(await instance.runs.stop(run)).toBeUndefined();
  });

  test('works from another instance, for a run that says nothing too', async () => {
    await using writer = await startInstance({ leaseMs: 600 });
    await using other = await startInstance({ listenUrl: database.url });
    const left = Promise.withResolvers<void>();
    webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Enough"}\n\n');
      response.once('close', () => left.resolve());
    });
    const run = await commitRun(writer.runs);
    writer.runs.start(run);
    const onWriter = followAll(writer.runs, run);
    const onOther = followAll(other.runs, run);
    await expect.poll(() => listRunEvents(database.db, { ...run, afterSeq: 1 })).not.toEqual([]);
    expect(await other.runs.stop(run)).toBe(run.runId);
    expect(await savedAnswer(run)).toMatchObject({ content: 'Enough', status: 'canceled' });
    await left.promise;
    for (const events of [await onWriter, await onOther]) {
      expect(textOf(events)).toBe('Enough');
      expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_CANCELED' } });
    }
  });
});

describe('the journal', () => {
  async function journaledText({ teamId, runId }: StartedRun): Promise<string> {
    const rows = await listRunEvents(database.db, { teamId, runId, afterSeq: 0 });
    return JSON.stringify(rows.map((row) => row.events));
  }

  test('has what a run received while the run goes on', async () => {
    await using instance = await startInstance();
    webhook.answerTokens(['already here', ' never'], () => new Promise(() => {}));
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    await expect.poll(() => journaledText(run)).toContain('already here');
  });

  test('has one row for all that is new in a run at a time, not one a token', async () => {
    await using instance = await startInstance();
    const { count: before } = await countJournalRows();
    webhook.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let token = 0; token < 100; token += 1) {
        response.write(`data: {"content":"t${token} "}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      response.end('data: [DONE]\n\n');
    });
    const runs = await Promise.all(Array.from({ length: 5 }, () => commitRun(instance.runs)));
    for (const run of runs) instance.runs.start(run);
    await Promise.all(runs.map((run) => followAll(instance.runs, run)));
    expect((await countJournalRows()).count - before).toBeLessThan(5 * 100 * 0.3);
  });

  async function countJournalRows(): Promise<{ count: number }> {
    return database.db
      .selectFrom('run_events')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
  }

  test('gives each event once where a write was repeated', async () => {
    const writer = { instanceId: newId(), leaseMs: 60_000 };
    const run = await commitRun(writer);
    const { teamId, runId } = run;
    const delta = (content: string) => ({ type: 'message', data: { content } });
    const append = (seq: number, events: unknown[]) =>
      insertRunEvents(database.db, { instanceId: writer.instanceId, rows: [{ teamId, runId, seq, events }] });
    await append(2, [delta('a'), delta('b')]);
    await append(3, [delta('a'), delta('b'), delta('c')]);
    await append(3, [delta('a'), delta('b'), delta('c')]);
    const entries = await createJournal(database.db, writer.instanceId).read({ teamId, runId }, 0);
    expect(entries.map(({ seq, event }) => [seq, event])).toEqual([
      [1, delta('a')],
      [2, delta('b')],
      [3, delta('c')],
    ]);
    expect(await createJournal(database.db, writer.instanceId).read({ teamId, runId }, 2)).toHaveLength(1);
  });

  test('takes nothing from an instance that is not the run’s writer any more', async () => {
    const run = await commitRun({ instanceId: newId(), leaseMs: 60_000 });
    const { teamId, runId } = run;
    const rows = [{ teamId, runId, seq: 1, events: [{ type: 'message', data: { content: 'x' } }] }];
    expect(await insertRunEvents(database.db, { instanceId: newId(), rows })).toEqual(new Set());
    expect(await journaledText(run)).toBe('[]');
  });

  test('catches up when the database was away, and nobody hears of it', async () => {
    const failures = { left: 0 };
    await using instance = await startInstance({ db: failingInserts(failures) });
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['before', ' after'], () => gate.promise);
    const run = await commitRun(instance.runs);
    failures.left = 3;
    instance.runs.start(run);
    await expect.poll(() => journaledText(run)).toContain('before');
    expect(instance.errors).toHaveLength(3);
    gate.resolve();
    expect(textOf(await followAll(instance.runs, run))).toBe('before after');
  });

  /** A database whose next statements on the journal fail. */
  function failingInserts(failures: { left: number }): typeof database.db {
    return database.db.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'RawNode' && failures.left > 0) {
          failures.left -= 1;
          throw new Error('the database is away');
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    });
  }

  test('is removed some time after its run has ended, and the answer stays', async () => {
    await using instance = await startInstance({ leaseMs: 150, journalRetentionMs: 0, logRetentionMs: 0 });
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    await followAll(instance.runs, run);
    await expect.poll(() => journaledText(run)).toBe('[]');
    expect(textOf(await followAll(instance.runs, run))).toBe('Hello from the agent');
  });
});

describe('an instance', () => {
  test('that closes saves what its runs have received, and tells their followers', async () => {
    await using instance = await startInstance();
    const started = Promise.withResolvers<void>();
    webhook.answerTokens(['Received', ' never'], () => {
      started.resolve();
      return new Promise(() => {});
    });
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await started.promise;
    await expect.poll(() => webhook.requests.length).toBe(1);
    await instance.runs.close({ graceMs: 100 });
    const last = (await events).at(-1)?.event;
    expect(last).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await savedAnswer(run)).toMatchObject({ content: 'Received', status: 'interrupted' });
  });

  test('that closes waits for runs that end within the grace period', async () => {
    await using instance = await startInstance();
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['a', 'b'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const closing = instance.runs.close({ graceMs: 10_000 });
    gate.resolve();
    await closing;
    expect(await savedAnswer(run)).toMatchObject({ content: 'ab', status: 'complete' });
  });

  test('ends the runs of one that is gone when their lease has lapsed, not before, and once', async () => {
    const gone = { instanceId: newId(), leaseMs: 600 };
    const run = await commitRun(gone);
    await using a = await startInstance({ leaseMs: 300 });
    expect(await savedAnswer(run)).toMatchObject({ status: 'streaming' });
    await using _b = await startInstance({ leaseMs: 300 });
    const events = await followAll(a.runs, run);
    expect(events.at(-1)?.event).toMatchObject({ type: 'error', data: { reason: 'RUN_INTERRUPTED' } });
    expect(await savedAnswer(run)).toMatchObject({ status: 'interrupted' });
  });

  test('keeps its own runs alive past the length of a lease', async () => {
    await using instance = await startInstance({ leaseMs: 300 });
    await using _other = await startInstance({ leaseMs: 300 });
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['slow', ' answer'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await savedAnswer(run)).toMatchObject({ status: 'streaming' });
    gate.resolve();
    expect((await followAll(instance.runs, run)).at(-1)?.event.type).toBe('done');
  });

  test('keeps what one that is gone had received', async () => {
    const gone = { instanceId: newId(), leaseMs: 100 };
    const run = await commitRun(gone);
    const { teamId, runId } = run;
    const events = ['Half ', 'an '].map((content) => ({ type: 'message', data: { content } }));
    await insertRunEvents(database.db, {
      instanceId: gone.instanceId,
      rows: [{ teamId, runId, seq: 2, events }],
    });
    await using instance = await startInstance({ leaseMs: 300 });
    expect(textOf(await followAll(instance.runs, run))).toBe('Half an ');
    expect(await savedAnswer(run)).toMatchObject({ content: 'Half an ', status: 'interrupted' });
  });

  test('that has the database to itself ends at its start what an earlier one left running', async () => {
    const run = await commitRun({ instanceId: newId(), leaseMs: 600_000 });
    await using _instance = await startInstance({ isOnlyInstance: true });
    expect(await savedAnswer(run)).toMatchObject({ status: 'interrupted', errorReason: 'RUN_INTERRUPTED' });
  });

  test('whose run was ended by another one does not write over it', async () => {
    await using instance = await startInstance({ leaseMs: 600_000 });
    const gate = Promise.withResolvers<void>();
    webhook.answerTokens(['late', ' text'], () => gate.promise);
    const run = await commitRun(instance.runs);
    instance.runs.start(run);
    const events = followAll(instance.runs, run);
    await using _thief = await startInstance({ isOnlyInstance: true });
    const seen = await events;
    expect(seen.at(-1)?.event.type).toBe('error');
    gate.resolve();
    expect(await savedAnswer(run)).toMatchObject({ content: textOf(seen), status: 'interrupted' });
  });
});
