// Runs and their followers during a database outage: delays are allowed, lost or wrong data is not.
import { PassThrough } from 'node:stream';
import { isDatabaseUnavailable, open, type DB } from '@parley/db';
import { openTestDatabase, startDatabaseProxy, startPostgres, type DatabaseProxy } from '@parley/db/testing';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FollowedEvent, Runs, StartedRun } from '../src/index.ts';
import { createTestRuns, textOf, type TestInstance, type TestRuns } from './support/test-runs.ts';

let context: TestRuns;

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

interface DistantInstance extends AsyncDisposable, Pick<TestInstance, 'runs' | 'errors'> {
  proxy: DatabaseProxy;
  db: Kysely<DB>;
}

/** An instance with its own proxy to the database, and with the leases of production. */
async function startDistantInstance(databaseUrl = context.database.url ?? ''): Promise<DistantInstance> {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startDatabaseProxy(databaseUrl));
  const db = stack.adopt(await open({ url: proxy.url }), (opened) => opened.destroy());
  const { runs, errors } = stack.use(await context.startInstance({ db, listenUrl: proxy.url }));
  const opened = stack.move();
  return { proxy, db, runs, errors, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

interface Following {
  events: FollowedEvent[];
  ended: Promise<void>;
}

function follow(runs: Runs, { teamId, chatId, runId }: StartedRun): Following {
  const events: FollowedEvent[] = [];
  const ended = (async () => {
    for await (const event of runs.follow({ teamId, chatId, runId })) events.push(event);
  })();
  return { events, ended };
}

interface Answer {
  /** Sends another token and returns it. */
  say: () => string;
  /** Ends the answer properly. */
  end: () => void;
}

/** Answers the next webhook request step by step, as the test decides. */
function answerOnDemand(): Answer {
  const body = new PassThrough();
  context.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    body.pipe(response);
  });
  let said = 0;
  return {
    say() {
      const content = `[token ${said++}]`;
      body.write(`data: ${JSON.stringify({ content })}\n\n`);
      return content;
    },
    end: () => void body.end('data: [DONE]\n\n'),
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const outages: [string, (instance: DistantInstance) => Promise<void>][] = [
  ['refuses connections', ({ proxy }) => proxy.refuse()],
  ['answers nothing', async ({ proxy }) => proxy.freeze()],
];

describe.each(outages)(
  'while the database %s for 10 s',
  (_, begin) => {
    test('followers read on from memory, the journal catches up, and no run loses its lease', async () => {
      await using writer = await startDistantInstance();
      await using other = await startDistantInstance();
      const answer = answerOnDemand();
      const run = await context.commitRun(writer.runs);
      writer.runs.start(run);
      const here = follow(writer.runs, run);
      const there = follow(other.runs, run);
      let text = answer.say();
      await expect.poll(() => textOf(here.events)).toBe(text);
      await expect.poll(() => textOf(there.events)).toBe(text);

      await Promise.all([writer, other].map(begin));
      const until = performance.now() + 10_000;
      while (performance.now() < until) {
        text += answer.say();
        await expect.poll(() => textOf(here.events)).toBe(text);
        await wait(200);
      }
      // The other instance reconnects first, and finds the lease expired.
      await other.proxy.restore();
      await wait(500);
      await writer.proxy.restore();

      await expect.poll(() => textOf(there.events), { timeout: 20_000 }).toBe(text);
      text += answer.say();
      answer.end();
      await Promise.all([here.ended, there.ended]);
      for (const { events } of [here, there]) {
        expect(textOf(events)).toBe(text);
        expect(events.at(-1)?.event.type).toBe('done');
      }
      expect(await context.savedAnswer(run)).toMatchObject({ content: text, status: 'complete' });
    });
  },
  90_000,
);

describe('a run that ends during a database outage', () => {
  test.each([
    ['complete', (answer: Answer) => answer.end()],
    ['failed', () => context.webhook.cutConnections()],
  ] as const)(
    'is saved as %s when the database is back, and followers see the end only then',
    async (status, finish) => {
      await using writer = await startDistantInstance();
      const answer = answerOnDemand();
      const run = await context.commitRun(writer.runs);
      writer.runs.start(run);
      const { events, ended } = follow(writer.runs, run);
      const text = answer.say();
      await expect.poll(() => textOf(events)).toBe(text);
      await writer.proxy.refuse();
      finish(answer);
      await expect.poll(() => writer.errors.length, { timeout: 10_000 }).toBeGreaterThan(2);
      expect(events.some(({ event }) => event.type === 'done' || event.type === 'error')).toBe(false);
      expect(await context.savedAnswer(run)).toMatchObject({ content: '', status: 'streaming' });
      await writer.proxy.restore();
      await ended;
      expect(await context.savedAnswer(run)).toMatchObject({ content: text, status });
      expect(events.at(-1)?.event.type).toBe(status === 'complete' ? 'done' : 'error');
    },
  );
});

test('a failed heartbeat is retried well before the next one is due', async () => {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startDatabaseProxy(context.database.url ?? ''));
  const db = stack.adopt(await open({ url: proxy.url }), (opened) => opened.destroy());
  // A heartbeat every 8 s.
  const { runs, errors } = stack.use(await context.startInstance({ db, leaseMs: 40_000 }));
  context.webhook.requests.length = 0;
  answerOnDemand();
  const run = await context.commitRun(runs);
  runs.start(run);
  await expect.poll(() => context.webhook.requests.length).toBe(1);
  // From here on, the heartbeat sends the only statements.
  await expect.poll(() => runs.journalLagMs).toBe(0);
  const leaseMs = async () => {
    const { leaseExpiresAt: until } = await context.database.db
      .selectFrom('runs')
      .select('leaseExpiresAt')
      .where('id', '=', run.runId)
      .executeTakeFirstOrThrow();
    return new Date(until).getTime();
  };
  const before = await leaseMs();
  await proxy.refuse();
  await expect.poll(() => errors.length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
  await proxy.restore();
  await expect.poll(leaseMs, { timeout: 5_000 }).toBeGreaterThan(before);
}, 60_000);

test('a run whose database is lost before the agent is called is answered when the database is back', async () => {
  await using writer = await startDistantInstance();
  context.webhook.requests.length = 0;
  context.webhook.answerTokens(['better', ' late']);
  const run = await context.commitRun(writer.runs);
  await writer.proxy.refuse();
  writer.runs.start(run);
  const { events, ended } = follow(writer.runs, run);
  await expect.poll(() => writer.errors.length).toBeGreaterThan(1);
  await writer.proxy.restore();
  await ended;
  expect(textOf(events)).toBe('better late');
  expect(context.webhook.requests).toHaveLength(1);
});

test('a Postgres restart during a stream loses no token and no run', async () => {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.adopt(await startPostgres(), (server) => server.stop());
  const own = stack.use(await createTestRuns(await openTestDatabase(postgres.url)));
  const [writer, other] = [
    stack.use(await own.startInstance({ listenUrl: postgres.url })),
    stack.use(await own.startInstance({ listenUrl: postgres.url })),
  ];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let gate = 0;
  own.webhook.answerTokens(['before', ' after'], () => gates[gate++]?.promise ?? Promise.resolve());
  const run = await own.commitRun(writer.runs);
  writer.runs.start(run);
  const here = follow(writer.runs, run);
  const there = follow(other.runs, run);
  for (const { events } of [here, there]) await expect.poll(() => textOf(events)).toBe('before');

  const restarted = postgres.restart();
  gates[0]?.resolve();
  await expect.poll(() => textOf(here.events)).toBe('before after');
  await restarted;
  gates[1]?.resolve();
  await Promise.all([here.ended, there.ended]);
  for (const { events } of [here, there]) {
    expect(textOf(events)).toBe('before after');
    expect(events.at(-1)?.event.type).toBe('done');
  }
  expect(await own.savedAnswer(run)).toMatchObject({ content: 'before after', status: 'complete' });
}, 60_000);

test('stopping a run whose end cannot be saved fails within 10 s, and the end is saved later', async () => {
  await using writer = await startDistantInstance();
  const answer = answerOnDemand();
  const run = await context.commitRun(writer.runs);
  writer.runs.start(run);
  const { events, ended } = follow(writer.runs, run);
  const text = answer.say();
  await expect.poll(() => textOf(events)).toBe(text);
  const locked = Promise.withResolvers<void>();
  const unlock = Promise.withResolvers<void>();
  const holding = context.database.db.transaction().execute(async (trx) => {
    await sql`select from messages where id = ${run.assistantMessageId} for update`.execute(trx);
    locked.resolve();
    await unlock.promise;
  });
  await locked.promise;
  const startMs = performance.now();
  const stopped = await writer.runs.stop(run).catch((error: unknown) => error);
  expect(isDatabaseUnavailable(stopped)).toBe(true);
  // The limit is 8 s; the machine of the tests may be busy.
  expect(performance.now() - startMs).toBeLessThan(13_000);
  unlock.resolve();
  await holding;
  await ended;
  expect(await context.savedAnswer(run)).toMatchObject({ content: text, status: 'canceled' });
}, 60_000);

describe('while the disk of the database is full', () => {
  /** Refuses inserts with the server's error for a full disk. */
  async function setDiskFull(isFull: boolean): Promise<void> {
    const { db } = context.database;
    await sql`
      create or replace function refuse_growth() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
      end $$
    `.execute(db);
    await sql`drop trigger if exists disk_full on run_events`.execute(db);
    if (isFull) {
      await sql`
        create trigger disk_full before insert on run_events for each statement execute function refuse_growth()
      `.execute(db);
    }
  }

  test('followers read on, and the answer is saved when there is space again', async () => {
    await using writer = await startDistantInstance();
    const answer = answerOnDemand();
    const run = await context.commitRun(writer.runs);
    writer.runs.start(run);
    const { events, ended } = follow(writer.runs, run);
    await setDiskFull(true);
    const text = answer.say() + answer.say();
    answer.end();
    await expect.poll(() => textOf(events)).toBe(text);
    await expect.poll(() => writer.errors.length, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(events.at(-1)?.event.type).toBe('message');
    await setDiskFull(false);
    await ended;
    expect(await context.savedAnswer(run)).toMatchObject({ content: text, status: 'complete' });
    expect(events.at(-1)?.event.type).toBe('done');
  });
});
