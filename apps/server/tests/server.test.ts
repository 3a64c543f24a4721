// The main paths from outside: a server process, its database, and the typed client over HTTP.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, sendMessage, type Client } from '@parley/client';
import { createProcessDatabase, createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startExpectingFailure, startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-server-'));
});

afterAll(() => rm(dir, { recursive: true }));

async function logIn({ url }: ServerProcess, cookies = new CookieJar()): Promise<Client> {
  const client = createClient({ url, cookies });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
  return client;
}

async function openChat(client: Client, agentName: string): Promise<string> {
  const { items } = await client.agent.list.query();
  const agent = items.find(({ name }) => name === agentName);
  if (agent === undefined) throw new Error(`there is no agent ${agentName}`);
  return (await client.chat.create.mutate({ agentId: agent.id })).id;
}

// The tests of this block are one story, in which the same data are served by three processes after each other.
describe('a server on an empty database', () => {
  let database: TestDatabase | undefined;
  let env: Record<string, string>;
  let server: ServerProcess;

  beforeAll(async () => {
    env = { PARLEY_DATA_DIR: path.join(dir, 'data'), PARLEY_DEMO_PASSWORD: PASSWORD };
    // On PGlite, the first start creates the database.
    if (inject('parleyTemplate').engine === 'postgres') {
      database = await createTestDatabase();
      env['DATABASE_URL'] = database.url ?? '';
    }
    server = await startProcess({ ...env, SHUTDOWN_GRACE_MS: '0' });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  test('creates a demo team on its first start, and prints the address and the login', async () => {
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
    'streams the answer of the demo agent "%s" and saves the same text',
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

  test('answers /healthz and /readyz, and an unknown path with 404 as JSON', async () => {
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
    expect(warnings ?? []).toHaveLength(database === undefined ? 0 : 1);
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

  test('keeps its generated secrets in a file that only its user can read', async () => {
    const secrets = await stat(path.join(dir, 'data', 'secrets.json'));
    expect(secrets.mode & 0o777).toBe(0o600);
  });

  test('with a grace of 0, SIGTERM saves the text of an unfinished answer as interrupted, and exits 0', async () => {
    const client = await logIn(server);
    const chatId = await openChat(client, 'Demo');
    let text = '';
    let code: Promise<number | null> | undefined;
    for await (const event of sendMessage(client, { chatId, content: 'long' })) {
      if (event.type === 'message') text += event.data.content;
      if (text.length > 50) code ??= server.end('SIGTERM');
      if (event.type === 'error') expect(event.data.reason).toBe('RUN_INTERRUPTED');
    }
    expect(await code).toBe(0);
    server = await startProcess(env);
    const { messages } = await (await logIn(server)).chat.get.query({ id: chatId });
    expect(messages[1]).toMatchObject({
      content: text,
      status: 'interrupted',
      error: { reason: 'RUN_INTERRUPTED' },
    });
  });

  describe('that is killed during an answer and started again', () => {
    const cookies = new CookieJar();
    let finished: string;
    let unfinished: string;
    let text = '';
    /** Logged in before the kill. */
    let client: Client;

    beforeAll(async () => {
      const before = await logIn(server, cookies);
      finished = await openChat(before, 'Demo');
      await Array.fromAsync(sendMessage(before, { chatId: finished, content: 'echo kept' }));
      unfinished = await openChat(before, 'Demo');
      for await (const event of sendMessage(before, { chatId: unfinished, content: 'long' })) {
        if (event.type === 'message') text += event.data.content;
        if (text.length > 200) break;
      }
      // A kill may lose the text of the last second, and nothing older.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await server.end('SIGKILL');
      server = await startProcess(env);
      client = createClient({ url: server.url, cookies });
    });

    test('has the whole conversation, accepts the earlier login, and continues the chat', async () => {
      const { messages } = await client.chat.get.query({ id: finished });
      expect(messages.map(({ content }) => content)).toEqual(['echo kept', 'kept']);
      await Array.fromAsync(sendMessage(client, { chatId: finished, content: 'echo more' }));
      expect((await client.chat.get.query({ id: finished })).messages).toHaveLength(4);
    });

    test('keeps the text of the unfinished answer as interrupted, and continues that chat', async () => {
      const answer = async () => (await client.chat.get.query({ id: unfinished })).messages[1];
      await expect.poll(answer, { timeout: 25_000, interval: 250 }).toMatchObject({ status: 'interrupted' });
      expect((await answer())?.content.startsWith(text)).toBe(true);
      const events = await Array.fromAsync(sendMessage(client, { chatId: unfinished, content: 'echo on' }));
      expect(events.at(-1)?.type).toBe('done');
    });
  });
});

describe('a server', () => {
  test('refuses to start with an invalid environment, and lists every problem without the values', async () => {
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

  test('refuses to start in production with the secrets of the example', async () => {
    const { stderr } = await startExpectingFailure({
      NODE_ENV: 'production',
      JWT_SECRET: 'change-me-to-a-long-random-string',
      ENCRYPTION_KEY: 'change-me-to-a-long-random-string',
    });
    expect(stderr.match(/published example/g)).toHaveLength(2);
  });

  test('creates no demo team in production', async () => {
    const dataDir = path.join(dir, 'production');
    await using database = await createProcessDatabase(dataDir);
    await using server = await startProcess(
      {
        NODE_ENV: 'production',
        JWT_SECRET: 'a'.repeat(16) + 'b'.repeat(16),
        ENCRYPTION_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
        PARLEY_DATA_DIR: dataDir,
        PARLEY_DEMO_PASSWORD: PASSWORD,
        ...database.env,
      },
      /listening on .*\n/,
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await expect(logIn(server)).rejects.toThrow('The email or the password is wrong.');
  });

  test('reports an unreachable database in one line, without its password', async () => {
    const { code, stderr } = await startExpectingFailure({
      DATABASE_URL: 'postgres://user:canary-3@127.0.0.1:1/parley',
      PARLEY_DATA_DIR: path.join(dir, 'unreachable'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('canary');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['DATABASE_URL', 'postgres'],
    ['DATABASE_LISTEN_URL', 'postgres'],
    ['REDIS_URL', 'redis'],
  ])(
    'refuses a %s whose password is not percent-encoded, and shows no part of it',
    async (name, protocol) => {
      const { code, stderr } = await startExpectingFailure({
        DATABASE_URL: 'postgres://user:x@127.0.0.1:1/parley',
        [name]: `${protocol}://user:p@canary/w:rd#@127.0.0.1:1/0`,
        PARLEY_DATA_DIR: path.join(dir, 'unencoded'),
      });
      expect(code).toBe(2);
      expect(stderr).toContain(`${name} has a password with special characters, which need percent-encoding`);
      expect(stderr).not.toMatch(/canary|w:rd|user/);
    },
  );

  test('refuses a REDIS_URL that is no URL, and shows no part of it', async () => {
    const { code, stderr } = await startExpectingFailure({
      REDIS_URL: 'redis://user:canary@127.0.0.1:port',
      PARLEY_DATA_DIR: path.join(dir, 'no-url'),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('REDIS_URL must be');
    expect(stderr).not.toMatch(/canary/);
  });
});
