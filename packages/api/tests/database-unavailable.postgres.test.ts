// Errors during a database outage: they arrive soon, and say what to do.
import { newId, open } from '@parley/db';
import { startDatabaseProxy, type DatabaseProxy } from '@parley/db/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestTeam } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

const MAX_CONNECTIONS = 3;

let proxy: DatabaseProxy;
let api: TestApi;
let team: TestTeam;
let agentId: string;

beforeAll(async () => {
  api = await createTestApi({
    openDatabase: async ({ url = '' }) => {
      proxy = await startDatabaseProxy(url);
      return open({ url: proxy.url, maxConnections: MAX_CONNECTIONS, statementTimeoutMs: 2_000 });
    },
  });
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

async function openChat(): Promise<string> {
  return (await team.user.caller.chat.create({ agentId })).id;
}

function send(chatId: string, messageId = newId()) {
  return team.user.caller.chat.send({ chatId, messageId, content: 'Hi' });
}

async function timed(call: Promise<unknown>): Promise<{ reason: unknown; ms: number }> {
  const startMs = performance.now();
  const reason = await reasonOf(call);
  return { reason, ms: performance.now() - startMs };
}

describe('a send', () => {
  test('a send is refused at once while the database refuses connections, and succeeds after recovery', async () => {
    const chatId = await openChat();
    const messageId = newId();
    await proxy.refuse();
    const { reason, ms } = await timed(send(chatId, messageId));
    expect(reason).toBe('DATABASE_UNAVAILABLE');
    expect(ms).toBeLessThan(2_000);
    await expect(send(chatId, messageId)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await proxy.restore();
    expect(await send(chatId, messageId)).toMatchObject({ userMessage: { id: messageId } });
  });

  test('a send is refused within seconds while the database hangs, and succeeds after recovery', async () => {
    const chatId = await openChat();
    proxy.freeze();
    // The first attempts use connections that look alive, the later ones find none.
    const refusals = await Promise.all(Array.from({ length: 8 }, () => timed(send(chatId))));
    for (const { reason, ms } of refusals) {
      expect(reason).toBe('DATABASE_UNAVAILABLE');
      expect(ms).toBeLessThan(15_000);
    }
    await proxy.restore();
    await expect.poll(() => reasonOf(send(chatId)), { timeout: 10_000 }).toBe('not refused');
  });

  test('a send is refused within seconds while all connections are in use, and succeeds when one is free', async () => {
    const chatId = await openChat();
    const release = Promise.withResolvers<void>();
    const taken = Array.from({ length: MAX_CONNECTIONS }, () =>
      api.services.db.connection().execute(() => release.promise),
    );
    const { reason, ms } = await timed(send(chatId));
    expect(reason).toBe('DATABASE_UNAVAILABLE');
    expect(ms).toBeLessThan(10_000);
    release.resolve();
    await Promise.all(taken);
    await send(chatId);
  });

  test('a send is refused while the disk of the database is full, and nothing of it is saved', async () => {
    const chatId = await openChat();
    await sql`
      create function refuse_growth() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
      end $$
    `.execute(api.db);
    await sql`
      create trigger disk_full before insert on messages for each statement execute function refuse_growth()
    `.execute(api.db);
    expect(await reasonOf(send(chatId))).toBe('DATABASE_UNAVAILABLE');
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toEqual([]);
    await sql`drop trigger disk_full on messages`.execute(api.db);
    await send(chatId);
  });

  test('a send whose connection the server cuts is refused, and its retry saves it once', async () => {
    const chatId = await openChat();
    const messageId = newId();
    // Blocks the send at the lock on its chat until its connection is gone.
    const locked = Promise.withResolvers<void>();
    const unlock = Promise.withResolvers<void>();
    const holding = api.db.transaction().execute(async (trx) => {
      await sql`select from chats where id = ${chatId} for update`.execute(trx);
      locked.resolve();
      await unlock.promise;
    });
    await locked.promise;
    const refused = reasonOf(send(chatId, messageId));
    const cut = async () => {
      const { rows } = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()
      `.execute(api.db);
      return rows.length;
    };
    await expect.poll(cut).toBe(1);
    expect(await refused).toBe('DATABASE_UNAVAILABLE');
    unlock.resolve();
    await holding;
    const saved = await send(chatId, messageId);
    expect(await send(chatId, messageId)).toEqual(saved);
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toHaveLength(2);
  });
});

test('an invalid request is not reported as an outage', async () => {
  expect(await reasonOf(send(newId()))).toBe('CHAT_NOT_FOUND');
});
