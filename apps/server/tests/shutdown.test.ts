// What a server does between the order to stop and its end, from outside.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, getErrorReason, sendMessage, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

let database: TestDatabase;
let dataDir: string;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-shutdown-'));
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

interface Talk {
  client: Client;
  jar: CookieJar;
  /** Two chats, since one that is being answered in takes nothing else. */
  chatIds: [string, string];
}

async function startTalk({ url }: ServerProcess): Promise<Talk> {
  const jar = new CookieJar();
  const client = createClient({ url, cookies: jar });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
  const agent = (await client.agent.list.query()).items.find(({ name }) => name === 'Demo');
  if (agent === undefined) throw new Error('there is no demo agent');
  const create = async () => (await client.chat.create.mutate({ agentId: agent.id })).id;
  return { client, jar, chatIds: [await create(), await create()] };
}

async function statusOf(url: string): Promise<number> {
  // Each time over a connection of its own, as a load balancer may ask.
  return (await fetch(url, { headers: { connection: 'close' } })).status;
}

test('from the order to stop on it is not ready, starts nothing new, and finishes what it has begun', async () => {
  await using server = await startProcess(env);
  const { client, chatIds } = await startTalk(server);
  const text = Array.from({ length: 100 }, (_, index) => index).join(' ');
  const accepted = { chatId: chatIds[0], content: `echo ${text}`, messageId: crypto.randomUUID() };
  const events = sendMessage(client, accepted);
  const all = [(await events.next()).value];

  const code = server.end('SIGTERM');
  await expect.poll(() => statusOf(`${server.url}/readyz`), { interval: 10 }).toBe(503);
  expect(await statusOf(`${server.url}/healthz`)).toBe(200);

  const refused = { chatId: chatIds[1], content: 'echo no', messageId: crypto.randomUUID() };
  const error = await client.chat.send.mutate(refused).catch((cause: unknown) => cause);
  expect(getErrorReason(error)).toEqual({ reason: 'SHUTTING_DOWN' });
  expect(error).toMatchObject({ data: { httpStatus: 503 } });
  expect((await client.chat.get.query({ id: chatIds[1] })).messages).toEqual([]);
  // What was accepted before is answered as it was.
  const again = await client.chat.send.mutate(accepted);
  expect(again.userMessage).toMatchObject({ id: accepted.messageId });

  for await (const event of events) all.push(event);
  const texts = all.flatMap((event) => (event?.type === 'message' ? [event.data.content] : []));
  expect(texts.join('')).toBe(text);
  expect(all.at(-1)?.type).toBe('done');
  expect(await code).toBe(0);
});

test('the log says that the server shuts down, on which signal, and that it has stopped', async () => {
  await using server = await startProcess(env);
  expect(await server.end('SIGTERM')).toBe(0);
  const lines = server
    .stderr()
    .split('\n')
    .filter((line) => line.includes('"msg":"s'))
    .map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([
    { msg: 'shutting down', signal: 'SIGTERM', graceMs: 10_000 },
    { msg: 'stopped' },
  ]);
});

test('it asks for a new connection with each answer, so that the next request can go elsewhere', async () => {
  await using server = await startProcess({ ...env, SHUTDOWN_GRACE_MS: '1000' });
  const { client, chatIds } = await startTalk(server);
  const events = sendMessage(client, { chatId: chatIds[0], content: 'fail hang' });
  await events.next();
  const code = server.end('SIGTERM');
  await expect
    .poll(async () => (await fetch(`${server.url}/healthz`)).headers.get('connection'), { interval: 10 })
    .toBe('close');
  expect(await code).toBe(0);
});

test('a second signal ends the waiting: what has arrived is saved, and the exit code is 0', async () => {
  await using server = await startProcess({ ...env, SHUTDOWN_GRACE_MS: '600000' });
  const { client, jar, chatIds } = await startTalk(server);
  let text = '';
  let code: Promise<number | null> | undefined;
  for await (const event of sendMessage(client, { chatId: chatIds[0], content: 'fail hang' })) {
    if (event.type === 'message') text += event.data.content;
    if (text.endsWith('come to') && code === undefined) {
      code = server.end('SIGTERM');
      await expect.poll(() => statusOf(`${server.url}/readyz`), { interval: 10 }).toBe(503);
      // Not so soon that it could be the same Ctrl-C, heard twice.
      setTimeout(() => server.child.kill('SIGINT'), 300);
    }
    if (event.type === 'error') expect(event.data.reason).toBe('RUN_INTERRUPTED');
  }
  expect(await code).toBe(0);
  await using next = await startProcess(env);
  const { messages } = await createClient({ url: next.url, cookies: jar }).chat.get.query({ id: chatIds[0] });
  expect(messages[1]).toMatchObject({ content: text, status: 'interrupted' });
});

test('one Ctrl-C that arrives twice, from the terminal and from npm, is one', async () => {
  await using server = await startProcess(env);
  const { client, chatIds } = await startTalk(server);
  const events = sendMessage(client, { chatId: chatIds[0], content: 'echo one two three four five six' });
  await events.next();
  const code = server.end('SIGINT');
  server.child.kill('SIGINT');
  expect((await Array.fromAsync(events)).at(-1)?.type).toBe('done');
  expect(await code).toBe(0);
});

test('who follows a run of another instance is sent there with a cursor, and told of no end', async ({
  skip,
}) => {
  if (database.url === undefined) skip('there is one instance only');
  await using other = await startProcess(env);
  // The last one to start brings the demo agents.
  await using writer = await startProcess(env);
  const { client, jar, chatIds } = await startTalk(writer);
  const { runId } = await client.chat.send.mutate({
    chatId: chatIds[0],
    content: 'long',
    messageId: crypto.randomUUID(),
  });
  const input = encodeURIComponent(JSON.stringify({ json: { chatId: chatIds[0], runId } }));
  const streamOf = async ({ url }: ServerProcess, headers: Record<string, string> = {}) =>
    fetch(`${url}/trpc/chat.stream?input=${input}`, {
      headers: { cookie: await jar.getCookieString(url), accept: 'text/event-stream', ...headers },
    });

  const stream = await streamOf(other);
  let body = '';
  let code: Promise<number | null> | undefined;
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    body += chunk;
    if (body.length > 1_000) code ??= other.end('SIGTERM');
  }
  expect(await code).toBe(0);
  expect(body).toMatch(/^retry: \d+\nevent: connected\n/);
  expect(body).not.toContain('event: return');

  const lastEventId = body.match(/(?<=^id: ).*/gm)?.at(-1) ?? '';
  const rest = await (await streamOf(writer, { 'last-event-id': lastEventId })).text();
  expect(rest).toContain('event: return');
  expect(rest).not.toContain('"reset"');
  const { messages } = await client.chat.get.query({ id: chatIds[0] });
  expect(textOf(body + rest)).toBe(messages[1]?.content);
});

function textOf(body: string): string {
  const events = body.match(/(?<=^data: )\{"json":.*/gm) ?? [];
  return events
    .map((data): unknown => JSON.parse(data))
    .flatMap((event) => contentOf(event))
    .join('');
}

function contentOf(event: unknown): string[] {
  const { json } = event as { json: { type: string; data: { content?: string } } };
  return json.type === 'message' && json.data.content !== undefined ? [json.data.content] : [];
}
