// The access of open streams, and their number per user.
import { createRuns } from '@parley/runs';
import { AllowedHosts } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { newId, type DB } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStreamGuard } from '../src/chat/stream-guard.ts';
import { createCaller, createContext } from '../src/index.ts';
import {
  createTestApi,
  streamRunEvents,
  type Caller,
  type TestApi,
  type TestTeam,
  type TestUser,
} from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

const MAX_STREAMS = 3;
const WITHIN_MS = 5_000;

let api: TestApi;
let team: TestTeam;
let agentId: string;

beforeAll(async () => {
  // Production settings, except for the number of streams.
  api = await createTestApi({ streams: { maxPerUser: MAX_STREAMS } });
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

/** A run that sends "Working" and then nothing more. */
async function startSilentRun({ caller }: TestUser): Promise<{ chatId: string; runId: string }> {
  api.webhook.answerTokens(['Working', ' never'], () => new Promise(() => {}));
  const chatId = (await caller.chat.create({ agentId })).id;
  const { runId } = await caller.chat.send({ chatId, messageId: newId(), content: 'Hi' });
  return { chatId, runId };
}

interface OpenedStream {
  /** The reason why it ended; `not refused` if it ended without an error. */
  end: Promise<string>;
  isOpen: () => boolean;
  /** Disconnects like a client that closes its connection. */
  leave: () => Promise<string>;
}

type CallerWith = (request: Credentials & { signal?: AbortSignal }) => Caller;
type Credentials = { cookie: string } | { authorization: string };

/** A stream that has received its first event. */
async function openStream(
  credentials: Credentials,
  run: { chatId: string },
  callerWith: CallerWith = (request) => api.callerWith(request),
): Promise<OpenedStream> {
  const started = Promise.withResolvers<void>();
  const leaving = new AbortController();
  const caller = callerWith({ ...credentials, signal: leaving.signal });
  let isOpen = true;
  const reading = (async () => {
    for await (const { data } of streamRunEvents(caller, { chatId: run.chatId }))
      if (data.type === 'message') started.resolve();
  })();
  const end = reasonOf(reading).finally(() => (isOpen = false));
  await Promise.race([started.promise, end]);
  return {
    end,
    isOpen: () => isOpen,
    leave() {
      leaving.abort();
      return end;
    },
  };
}

interface SecondInstance extends AsyncDisposable {
  callerWith: CallerWith;
}

async function startSecondInstance(): Promise<SecondInstance> {
  const { db, secretBox } = api.services;
  const runs = await createRuns({
    db,
    openSecret: secretBox.open,
    allowedHosts: new AllowedHosts(['127.0.0.1']),
  });
  const services = { ...api.services, runs, streams: createStreamGuard({ db }) };
  return {
    callerWith: ({ signal, ...credentials }) =>
      createCaller(
        () => createContext(services, { ...credentials, setCookie: () => undefined }),
        signal === undefined ? {} : { signal },
      ),
    [Symbol.asyncDispose]: () => runs.close(),
  };
}

describe('access of open streams', () => {
  const causes: [string, string[], (user: TestUser, run: { chatId: string }) => Promise<unknown>][] = [
    ['the session is logged out', ['SESSION_EXPIRED'], (user) => user.caller.auth.logout()],
    [
      'the session has expired',
      ['SESSION_EXPIRED'],
      ({ id }) =>
        api.db
          .updateTable('sessions')
          .set({ expiresAt: new Date(0).toISOString() })
          .where('userId', '=', id)
          .execute(),
    ],
    [
      'the user is disabled',
      ['SESSION_EXPIRED'],
      ({ id }) => api.db.updateTable('users').set({ isActive: false }).where('id', '=', id).execute(),
    ],
    [
      'the user is deleted, with all chats',
      ['SESSION_EXPIRED', 'not refused'],
      ({ id }) => api.db.deleteFrom('users').where('id', '=', id).execute(),
    ],
    [
      'the chat is deleted behind Parley’s back',
      // The run may end the stream first, with an event and without an error.
      ['CHAT_NOT_FOUND', 'not refused'],
      (_user, { chatId }) => api.db.deleteFrom('chats').where('id', '=', chatId).execute(),
    ],
  ];

  test.each(causes)('open streams end on every instance within 5 s when %s', async (_, reasons, change) => {
    await using second = await startSecondInstance();
    const user = await team.createUser();
    const bystander = await team.createUser();
    const run = await startSilentRun(user);
    const others = await startSilentRun(bystander);
    const streams = [
      await openStream({ cookie: user.cookie }, run),
      await openStream({ cookie: user.cookie }, run, second.callerWith),
    ];
    const unconcerned = await openStream({ cookie: bystander.cookie }, others);
    const startMs = performance.now();
    await change(user, run);
    for (const { end } of streams) {
      expect(reasons).toContain(await end);
    }
    expect(performance.now() - startMs).toBeLessThan(WITHIN_MS);
    expect(unconcerned.isOpen()).toBe(true);
    await unconcerned.leave();
    await bystander.caller.chat.stop(others);
  });

  test('open streams of a revoked API key end within 5 s, and those of the session continue', async () => {
    const { apiKey } = team.user.caller;
    const { id, key } = await team.user.createApiKey();
    const run = await startSilentRun(team.user);
    const byKey = await openStream({ authorization: `Bearer ${key}` }, run);
    const bySession = await openStream({ cookie: team.user.cookie }, run);
    const startMs = performance.now();
    await apiKey.revoke({ id });
    expect(await byKey.end).toBe('INVALID_API_KEY');
    expect(performance.now() - startMs).toBeLessThan(WITHIN_MS);
    expect(bySession.isOpen()).toBe(true);
    await bySession.leave();
    await team.user.caller.chat.stop(run);
  });
});

describe('the access check', () => {
  interface Statements {
    db: Kysely<DB>;
    count: () => number;
    fail: (isFailing: boolean) => void;
  }

  function countStatements(): Statements {
    let count = 0;
    let isFailing = false;
    const db = api.services.db.withPlugin({
      transformQuery({ node }) {
        count += 1;
        if (isFailing) throw new Error('the database is away');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    return { db, count: () => count, fail: (value) => (isFailing = value) };
  }

  const reader = (userId: string) => ({
    teamId: team.id,
    userId,
    credential: { type: 'session', sessionIdHash: 'none' } as const,
    runId: newId(),
  });

  test('the access check is one statement for all streams of an instance, and none without streams', async () => {
    const { db, count } = countStatements();
    const streams = createStreamGuard({ db, checkMs: 50 });
    const opened = Array.from({ length: 500 }, () => streams.open(reader(newId()), undefined));
    await expect.poll(() => opened.filter(({ signal }) => signal.aborted)).toHaveLength(500);
    expect(count()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(count()).toBe(1);
  });

  test('a failed access check ends no stream and is repeated', async () => {
    const { db, count, fail } = countStatements();
    const errors: unknown[] = [];
    const streams = createStreamGuard({ db, checkMs: 50, onError: (error) => errors.push(error) });
    fail(true);
    const { signal } = streams.open(reader(newId()), undefined);
    await expect.poll(count).toBeGreaterThan(2);
    expect(errors.length).toBeGreaterThan(1);
    expect(signal.aborted).toBe(false);
    fail(false);
    await expect.poll(() => signal.aborted).toBe(true);
  });
});

describe('the number of streams per user', () => {
  test('a user with too many streams loses the oldest with TOO_MANY_STREAMS and keeps the others', async () => {
    const user = await team.createUser();
    const run = await startSilentRun(user);
    const streams: OpenedStream[] = [];
    for (let count = 0; count <= MAX_STREAMS; count += 1)
      streams.push(await openStream({ cookie: user.cookie }, run));
    expect(await streams[0]?.end).toBe('TOO_MANY_STREAMS');
    await user.caller.chat.stop(run);
    for (const { end } of streams.slice(1)) expect(await end).toBe('not refused');
  });

  test('a user with too many streams ends none of another user', async () => {
    const [greedy, modest] = [await team.createUser(), await team.createUser()];
    const [theirs, own] = [await startSilentRun(greedy), await startSilentRun(modest)];
    const stream = await openStream({ cookie: modest.cookie }, own);
    for (let count = 0; count < 2 * MAX_STREAMS; count += 1)
      await openStream({ cookie: greedy.cookie }, theirs);
    expect(stream.isOpen()).toBe(true);
    for (const [user, run] of [
      [greedy, theirs],
      [modest, own],
    ] as const)
      await user.caller.chat.stop(run);
    expect(await stream.end).toBe('not refused');
  });

  test('a stream that ended or was left frees its slot', async () => {
    const user = await team.createUser();
    const run = await startSilentRun(user);
    const first = await openStream({ cookie: user.cookie }, run);
    for (let count = 0; count < 2 * MAX_STREAMS; count += 1) {
      const stream = await openStream({ cookie: user.cookie }, run);
      expect(await stream.leave()).toBe('not refused');
    }
    expect(first.isOpen()).toBe(true);
    await user.caller.chat.stop(run);
    expect(await first.end).toBe('not refused');
  });
});
