// From outside: what a server process does between SIGTERM and its exit.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, getErrorReason, sendMessage, type Client } from '@parley/client';
import { createProcessDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';

let dir: string;
let database: Awaited<ReturnType<typeof createProcessDatabase>>;
let env: Record<string, string>;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-shutdown-'));
  const dataDir = path.join(dir, 'data');
  database = await createProcessDatabase(dataDir);
  env = { PARLEY_DATA_DIR: dataDir, PARLEY_DEMO_PASSWORD: PASSWORD, ...database.env };
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

interface Talk {
  client: Client;
  jar: CookieJar;
  /** Two chats, since a chat with an active run accepts no other message. */
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
  // Over a new connection each time, as a load balancer may ask.
  return (await fetch(url, { headers: { connection: 'close' } })).status;
}

test('after SIGTERM, a server is not ready, closes each connection, refuses new sends, finishes the accepted ones, and logs start and end of that', async () => {
  await using server = await startProcess(env);
  const { client, chatIds } = await startTalk(server);
  const text = Array.from({ length: 100 }, (_, index) => index).join(' ');
  const accepted = { chatId: chatIds[0], content: `echo ${text}`, messageId: crypto.randomUUID() };
  const events = sendMessage(client, accepted);
  const all = [(await events.next()).value];

  const code = server.end('SIGTERM');
  await expect.poll(() => statusOf(`${server.url}/readyz`), { interval: 10 }).toBe(503);
  // So that the client's next request goes to another instance.
  const health = await fetch(`${server.url}/healthz`);
  expect([health.status, health.headers.get('connection')]).toEqual([200, 'close']);

  const refused = { chatId: chatIds[1], content: 'echo no', messageId: crypto.randomUUID() };
  const error = await client.chat.send.mutate(refused).catch((cause: unknown) => cause);
  expect(getErrorReason(error)).toEqual({ reason: 'SHUTTING_DOWN', requestId: expect.any(String) });
  expect(error).toMatchObject({ data: { httpStatus: 503 } });
  expect((await client.chat.get.query({ id: chatIds[1] })).messages).toEqual([]);
  // A repeated send of an accepted message gets its response.
  const again = await client.chat.send.mutate(accepted);
  expect(again.userMessage).toMatchObject({ id: accepted.messageId });

  for await (const event of events) all.push(event);
  const texts = all.flatMap((event) => (event?.type === 'message' ? [event.data.content] : []));
  expect(texts.join('')).toBe(text);
  expect(all.at(-1)?.type).toBe('done');
  expect(await code).toBe(0);
  const lines = server.stderr().split('\n');
  const logged = lines.filter((line) => line.includes('"msg":"s')).map((line): unknown => JSON.parse(line));
  expect(logged).toMatchObject([
    { msg: 'shutting down', signal: 'SIGTERM', graceMs: 10_000 },
    { msg: 'stopped' },
  ]);
});

test('a second signal ends the grace period: the server saves the text that has arrived, and exits 0', async () => {
  await using server = await startProcess({ ...env, SHUTDOWN_GRACE_MS: '600000' });
  const { client, jar, chatIds } = await startTalk(server);
  let text = '';
  let code: Promise<number | null> | undefined;
  for await (const event of sendMessage(client, { chatId: chatIds[0], content: 'fail hang' })) {
    if (event.type === 'message') text += event.data.content;
    if (text.endsWith('come to') && code === undefined) {
      code = server.end('SIGTERM');
      await expect.poll(() => statusOf(`${server.url}/readyz`), { interval: 10 }).toBe(503);
      // Later than one Ctrl-C can arrive twice.
      setTimeout(() => server.child.kill('SIGINT'), 300);
    }
    if (event.type === 'error') expect(event.data.reason).toBe('RUN_INTERRUPTED');
  }
  expect(await code).toBe(0);
  await using next = await startProcess(env);
  const { messages } = await createClient({ url: next.url, cookies: jar }).chat.get.query({ id: chatIds[0] });
  expect(messages[1]).toMatchObject({ content: text, status: 'interrupted' });
});

test('a Ctrl-C that arrives twice, from the terminal and from npm, counts as one signal', async () => {
  await using server = await startProcess(env);
  const { client, chatIds } = await startTalk(server);
  const events = sendMessage(client, { chatId: chatIds[0], content: 'echo one two three four five six' });
  await events.next();
  const code = server.end('SIGINT');
  server.child.kill('SIGINT');
  expect((await Array.fromAsync(events)).at(-1)?.type).toBe('done');
  expect(await code).toBe(0);
});

test('a follower of a run on another instance continues there without a gap after its own instance shuts down', async ({
  skip,
}) => {
  if (database.env['DATABASE_URL'] === undefined) skip('PGlite allows one instance');
  await using other = await startProcess(env);
  // The demo agents are those of the last instance to start.
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
