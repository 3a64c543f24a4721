// A server process whose Postgres accepts connections and answers nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, type Client } from '@parley/client';
import {
  createTestDatabase,
  startDatabaseProxy,
  type DatabaseProxy,
  type TestDatabase,
} from '@parley/db/testing';
import { sql } from 'kysely';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';
/** The limit is 10 s; the machine of the tests may be busy. */
const MAX_CALL_MS = 13_000;
/** The limit is 1 s. */
const MAX_READINESS_MS = 2_500;

let stack: AsyncDisposableStack;
let database: TestDatabase;
let proxy: DatabaseProxy;
let server: ServerProcess;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  database = stack.use(await createTestDatabase());
  proxy = stack.use(await startDatabaseProxy(database.url ?? ''));
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-frozen-'));
  stack.defer(() => rm(dataDir, { recursive: true }));
  server = stack.use(
    await startProcess({
      PARLEY_DATA_DIR: path.join(dataDir, 'data'),
      PARLEY_DEMO_PASSWORD: PASSWORD,
      DATABASE_URL: proxy.url,
      RATE_LIMITS: 'postgres',
    }),
  );
});

afterAll(() => stack.disposeAsync());

interface Refusal {
  reason: unknown;
  status: unknown;
  ms: number;
}

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const startMs = performance.now();
  const ms = (): number => performance.now() - startMs;
  try {
    await call;
    return { reason: undefined, status: undefined, ms: ms() };
  } catch (error) {
    const { data } = error as { data?: { reason?: string; httpStatus?: number } };
    return { reason: data?.reason, status: data?.httpStatus, ms: ms() };
  }
}

async function readiness(): Promise<{ status: number; ms: number }> {
  const startMs = performance.now();
  const { status } = await fetch(`${server.url}/readyz`);
  return { status, ms: performance.now() - startMs };
}

async function logIn(): Promise<Client> {
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
  return client;
}

test('calls fail with 503 DATABASE_UNAVAILABLE within 10 s while Postgres answers nothing, and /readyz says so within 1 s', async () => {
  const client = await logIn();
  const [agent] = (await client.agent.list.query()).items;
  const { id: chatId } = await client.chat.create.mutate({ agentId: agent?.id ?? '' });
  const { id } = await client.chat.create.mutate({ agentId: agent?.id ?? '' });

  // One call waits for its statement's answer when Postgres freezes.
  const locked = Promise.withResolvers<void>();
  const unlock = Promise.withResolvers<void>();
  const holding = database.db.transaction().execute(async (trx) => {
    await sql`select from chats where id = ${chatId} for update`.execute(trx);
    locked.resolve();
    await unlock.promise;
  });
  await locked.promise;
  const caught = refusalOf(client.chat.update.mutate({ id: chatId, title: 'Caught' }));
  const waiting = sql<{ count: number }>`
    select count(*) as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
  `;
  await expect.poll(async () => (await waiting.execute(database.db)).rows[0]?.count).toBe(1);
  proxy.freeze();

  // More calls than connections, on every path: queries, mutations that are counted in Postgres, and a login.
  const calls = [
    caught,
    ...Array.from({ length: 8 }, () => refusalOf(client.chat.list.query({}))),
    ...[1, 2].map(() =>
      refusalOf(client.chat.send.mutate({ chatId: id, messageId: crypto.randomUUID(), content: 'Hi' })),
    ),
    refusalOf(client.chat.stop.mutate({ chatId: id })),
    refusalOf(client.chat.delete.mutate({ id })),
    refusalOf(logIn()),
  ];
  const probes = await Promise.all([readiness(), readiness()]);
  for (const { status, ms } of probes) {
    expect(status).toBe(503);
    expect(ms).toBeLessThan(MAX_READINESS_MS);
  }
  for (const { ms, ...refusal } of await Promise.all(calls)) {
    expect(refusal).toEqual({ reason: 'DATABASE_UNAVAILABLE', status: 503 });
    expect(ms).toBeLessThan(MAX_CALL_MS);
  }
  unlock.resolve();
  await holding;

  await proxy.restore();
  await expect.poll(async () => (await readiness()).status, { timeout: 20_000 }).toBe(200);
  expect((await client.chat.get.query({ id })).messages).toEqual([]);
}, 90_000);
