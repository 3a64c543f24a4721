// A server that is killed in the middle of a part: another instance ends the answer with the parts that the journal has.
import { randomBytes } from 'node:crypto';
import { createTeam } from '@parley/api';
import { createClient, followRun, initialRunView, reduceRunEvents, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const LOGIN = { email: 'admin@example.com', password: 'a good password' };
/** A lease and a few heartbeats. */
const TAKEOVER_MS = 25_000;

let database: TestDatabase;
let webhook: TestWebhook;
let env: Record<string, string>;
let survivor: ServerProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  webhook = await startTestWebhook();
  await createTeam(database.system, { name: 'Team', slug: 'team', admin: LOGIN });
  env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url ?? '',
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  };
  survivor = await start();
});

afterAll(async () => {
  await survivor.end('SIGKILL');
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const start = (): Promise<ServerProcess> => startProcess(env, /listening on .*\n/);

async function logIn({ url }: ServerProcess): Promise<Client> {
  const client = createClient({ url, cookies: new CookieJar() });
  await client.auth.login.mutate(LOGIN);
  return client;
}

const delta = (fields: object): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: fields }] })}\n\n`;
const call = { index: 0, id: 'call_1', function: { name: 'search', arguments: '{"query":"opening ho' } };

test.each([
  {
    part: 'reasoning',
    sent: [delta({ reasoning_content: 'The user ' }), delta({ reasoning_content: 'greets' })],
    parts: [{ type: 'reasoning', text: 'The user greets' }],
  },
  {
    part: 'the input of a tool',
    sent: [
      ...[delta({ reasoning_content: 'Hm.' }), delta({ content: 'Let me look.' })],
      delta({ tool_calls: [call] }),
    ],
    parts: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool', name: 'search', state: 'input' },
    ],
  },
])(
  'an answer whose server is killed in the middle of $part keeps its parts, and all followers get the same',
  async ({ sent, parts }) => {
    webhook.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of sent) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await new Promise(() => {});
    });
    await using victim = await start();
    const [sender, reader] = await Promise.all([logIn(victim), logIn(survivor)]);
    const agent = await sender.agent.create.mutate({ name: 'Agent', webhookUrl: webhook.url });
    const { id: chatId } = await sender.chat.create.mutate({ agentId: agent.id });
    const messageId = crypto.randomUUID();
    const { runId } = await sender.chat.send.mutate({ chatId, messageId, content: 'Hi' });

    // The survivor sends what the journal has.
    let view = initialRunView;
    let cursor = '';
    const following = (async () => {
      for await (const event of followRun(reader, { chatId, runId })) {
        view = reduceRunEvents(view, event);
        if (view.state === 'running') cursor = event.id;
      }
    })();
    await expect.poll(() => view.parts, { timeout: 10_000 }).toMatchObject(parts);
    await victim.end('SIGKILL');

    const answer = async () => (await reader.chat.get.query({ id: chatId })).messages[1];
    await expect
      .poll(answer, { timeout: TAKEOVER_MS, interval: 250 })
      .toMatchObject({ status: 'interrupted', parts });
    await following;
    const saved = (await answer())?.parts;
    expect(saved).toHaveLength(parts.length);
    expect(view).toMatchObject({ state: 'interrupted', parts: saved });
    for (const [options, before] of [
      [{}, initialRunView],
      [{ lastEventId: cursor }, view],
    ] as const) {
      let late = before;
      for await (const event of followRun(reader, { chatId, runId, ...options }))
        late = reduceRunEvents(late, event);
      expect(late).toMatchObject({ state: 'interrupted', parts: saved });
    }
  },
  60_000,
);
