// The main job, from outside: a real process, a real database, the typed client over HTTP.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, sendMessage, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExpectingFailure, startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

let database: TestDatabase;
let dataDir: string;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-server-'));
  env = {
    PARLEY_DATA_DIR: path.join(dataDir, 'data'),
    PARLEY_DEMO_PASSWORD: PASSWORD,
    ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
  };
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

async function logIn({ url }: ServerProcess): Promise<Client> {
  const client = createClient({ url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
  return client;
}

async function openChat(client: Client, agentName: string): Promise<string> {
  const { items } = await client.agent.list.query();
  const agent = items.find(({ name }) => name === agentName);
  if (agent === undefined) throw new Error(`there is no agent ${agentName}`);
  return (await client.chat.create.mutate({ agentId: agent.id })).id;
}

describe('the server', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startProcess(env);
  });

  afterAll(() => server[Symbol.asyncDispose]());

  test('makes a demo team on its first start, and says how to log in', async () => {
    expect(server.output).toMatch(/^Parley is listening on http:\/\/127\.0\.0\.1:\d+$/m);
    expect(server.output).toMatch(/^login: admin@example\.com \/ a demo password \(team: demo\)$/m);
    const client = await logIn(server);
    expect((await client.agent.list.query()).items.map(({ name }) => name)).toEqual([
      'Demo',
      'Demo SSE',
      'Demo JSON',
    ]);
  });

  test.each(['Demo', 'Demo SSE', 'Demo JSON'])(
    'streams the answer of "%s", and saves the same',
    async (name) => {
      const client = await logIn(server);
      const chatId = await openChat(client, name);
      let text = '';
      let pieces = 0;
      for await (const event of sendMessage(client, { chatId, content: 'echo one two three four' })) {
        if (event.type !== 'message') continue;
        text += event.data.content;
        pieces += 1;
      }
      expect(text).toBe('one two three four');
      // A follower that comes late gets adjacent pieces as one.
      expect(pieces).toBeLessThanOrEqual(name === 'Demo JSON' ? 1 : 4);
      const { messages } = await client.chat.get.query({ id: chatId });
      expect(messages.map(({ content, status }) => [content, status])).toEqual([
        ['echo one two three four', 'complete'],
        ['one two three four', 'complete'],
      ]);
    },
  );

  test('says that it lives, that it is ready, and what is not there', async () => {
    const get = async (at: string) => {
      const response = await fetch(`${server.url}${at}`);
      return [response.status, await response.json()];
    };
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
    expect(await get('/readyz')).toEqual([200, { status: 'ready' }]);
    expect(await get('/nothing')).toEqual([404, { message: 'There is nothing at this path.' }]);
  });

  test('warns at its start about a database login that bypasses row-level security', () => {
    const warnings = server
      .stderr()
      .match(/^{"level":40,.*which is a superuser\..*docs\/operations\.md.*$/gm);
    expect(warnings ?? []).toHaveLength(database.engine === 'postgres' ? 1 : 0);
  });

  test('refuses a body of more than 1 MB and a batch of more than 10 calls', async () => {
    const post = (procedure: string, body: string) =>
      fetch(`${server.url}/trpc/${procedure}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await post('auth.login', JSON.stringify({ json: 'x'.repeat(1_100_000) }))).status).toBe(413);
    const batch = Array.from({ length: 11 }, () => 'auth.logout').join(',');
    expect((await post(`${batch}?batch=1`, '{}')).status).toBe(400);
  });

  test('keeps the secrets that it made where only its user can read them', async () => {
    const secrets = await stat(path.join(dataDir, 'data', 'secrets.json'));
    expect(secrets.mode & 0o777).toBe(0o600);
  });
});

describe('a server', () => {
  test('that is killed and started again has the whole conversation, and the login still holds', async () => {
    const jar = new CookieJar();
    let chatId: string;
    {
      await using server = await startProcess(env);
      const client = createClient({ url: server.url, cookies: jar });
      await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD });
      chatId = await openChat(client, 'Demo');
      await Array.fromAsync(sendMessage(client, { chatId, content: 'echo kept' }));
      await server.end('SIGKILL');
    }
    await using server = await startProcess(env);
    const client = createClient({ url: server.url, cookies: jar });
    const { messages } = await client.chat.get.query({ id: chatId });
    expect(messages.map(({ content }) => content)).toEqual(['echo kept', 'kept']);
    await Array.fromAsync(sendMessage(client, { chatId, content: 'echo more' }));
    expect((await client.chat.get.query({ id: chatId })).messages).toHaveLength(4);
  });

  test('that is killed in the middle of an answer keeps what had arrived, and the chat goes on', async () => {
    let chatId: string;
    let text = '';
    {
      await using server = await startProcess(env);
      const client = await logIn(server);
      chatId = await openChat(client, 'Demo');
      for await (const event of sendMessage(client, { chatId, content: 'long' })) {
        if (event.type === 'message') text += event.data.content;
        if (text.length > 200) break;
      }
      // What is received later than this before a kill may be lost; what was received earlier may not.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await server.end('SIGKILL');
    }
    await using server = await startProcess(env);
    const client = await logIn(server);
    const answer = async () => (await client.chat.get.query({ id: chatId })).messages[1];
    await expect.poll(answer, { timeout: 25_000, interval: 250 }).toMatchObject({ status: 'interrupted' });
    expect((await answer())?.content.startsWith(text)).toBe(true);
    const events = await Array.fromAsync(sendMessage(client, { chatId, content: 'echo on' }));
    expect(events.at(-1)?.type).toBe('done');
  });

  test('that is told to stop lets the answer under way finish, and exits 0', async () => {
    await using server = await startProcess(env);
    const client = await logIn(server);
    const chatId = await openChat(client, 'Demo');
    const events = sendMessage(client, { chatId, content: 'echo a b c d e f g h' });
    await events.next();
    const code = server.end('SIGTERM');
    const last = (await Array.fromAsync(events)).at(-1);
    expect(last?.type).toBe('done');
    expect(await code).toBe(0);
  });

  test('that may not wait saves what has arrived, says so, and exits 0', async () => {
    await using server = await startProcess({ ...env, SHUTDOWN_GRACE_MS: '0' });
    const client = await logIn(server);
    const chatId = await openChat(client, 'Demo');
    const events = sendMessage(client, { chatId, content: 'long' });
    let text = '';
    let code: Promise<number | null> | undefined;
    for await (const event of events) {
      if (event.type === 'message') text += event.data.content;
      if (text.length > 50) code ??= server.end('SIGTERM');
      if (event.type === 'error') expect(event.data.reason).toBe('RUN_INTERRUPTED');
    }
    expect(await code).toBe(0);
    await using again = await startProcess(env);
    const { messages } = await (await logIn(again)).chat.get.query({ id: chatId });
    expect(messages[1]).toMatchObject({
      content: text,
      status: 'interrupted',
      error: { reason: 'RUN_INTERRUPTED' },
    });
  });
});

describe('a start', () => {
  test('with an environment that cannot be used lists every problem, and shows no value', async () => {
    const { code, stderr } = await startExpectingFailure({
      NODE_ENV: 'production',
      PORT: 'eighty',
      DATABASE_URL: 'mysql://user:canary-1@localhost/x',
      JWT_SECRET: 'canary-2',
      LOG_LEVEL: 'loud',
      WEBHOOK_ALLOWED_HOSTS: 'n8n, http://canary-3',
    });
    expect(code).toBe(2);
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'JWT_SECRET',
      'ENCRYPTION_KEY',
      'LOG_LEVEL',
      'WEBHOOK_ALLOWED_HOSTS',
    ])
      expect(stderr).toContain(name);
    expect(stderr).not.toContain('canary');
    expect(stderr).not.toContain('    at ');
  });

  test('in production is refused with the secrets of the example', async () => {
    const { stderr } = await startExpectingFailure({
      NODE_ENV: 'production',
      JWT_SECRET: 'change-me-to-a-long-random-string',
      ENCRYPTION_KEY: 'change-me-to-a-long-random-string',
    });
    expect(stderr.match(/published example/g)).toHaveLength(2);
  });

  test('in production makes no demo', async () => {
    await using fresh = await createTestDatabase();
    await using server = await startProcess(
      {
        NODE_ENV: 'production',
        JWT_SECRET: 'a'.repeat(16) + 'b'.repeat(16),
        ENCRYPTION_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
        PARLEY_DATA_DIR: path.join(dataDir, 'production'),
        PARLEY_DEMO_PASSWORD: PASSWORD,
        ...(fresh.url === undefined ? {} : { DATABASE_URL: fresh.url }),
      },
      /listening on .*\n/,
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await expect(logIn(server)).rejects.toThrow('The email or the password is wrong.');
  });

  test('with a database that cannot be reached says so in one message, without the password', async () => {
    const { code, stderr } = await startExpectingFailure({
      DATABASE_URL: 'postgres://user:canary-3@127.0.0.1:1/parley',
      PARLEY_DATA_DIR: path.join(dataDir, 'unreachable'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('canary');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
