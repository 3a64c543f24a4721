// A server process whose Postgres refuses new messages as on a full disk.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient } from '@parley/client';
import { createTestDatabase } from '@parley/db/testing';
import { sql } from 'kysely';
import { CookieJar } from 'tough-cookie';
import { expect, test } from 'vitest';
import { startProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

test('a full disk leaves /readyz at 200, and is counted, logged once, and logged once more when it is over', async () => {
  await using stack = new AsyncDisposableStack();
  const { db, url = '' } = stack.use(await createTestDatabase());
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-full-disk-'));
  stack.defer(() => rm(dataDir, { recursive: true }));
  const server = stack.use(
    await startProcess({
      PARLEY_DATA_DIR: path.join(dataDir, 'data'),
      PARLEY_DEMO_PASSWORD: PASSWORD,
      DATABASE_URL: url,
    }),
  );
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
  const [agent] = (await client.agent.list.query()).items;
  const { id: chatId } = await client.chat.create.mutate({ agentId: agent?.id ?? '' });
  const send = () => client.chat.send.mutate({ chatId, messageId: crypto.randomUUID(), content: 'Hi' });
  const logged = (text: string): number => server.stderr().split(text).length - 1;

  await sql`
    create function refuse_growth() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
    end $$
  `.execute(db);
  await sql`
    create trigger disk_full before insert on messages for each statement execute function refuse_growth()
  `.execute(db);
  for (let time = 1; time <= 2; time += 1)
    await expect(send()).rejects.toMatchObject({ data: { reason: 'DATABASE_UNAVAILABLE', httpStatus: 503 } });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^parley_database_write_failures_total\{code="53100"\} 2$/m);
  expect((await client.chat.get.query({ id: chatId })).messages).toEqual([]);

  await sql`drop trigger disk_full on messages`.execute(db);
  await send();
  const rename = () => client.chat.update.mutate({ id: chatId, title: 'Renamed' });
  await expect
    .poll(() => rename().then(() => logged('the database accepts writes again')), {
      timeout: 30_000,
      interval: 500,
    })
    .toBe(1);
  expect(logged('the database refuses writes: its disk is full')).toBe(1);
}, 90_000);
