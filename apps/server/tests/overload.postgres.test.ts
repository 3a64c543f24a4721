// A server with a small heap, and more answers at once than the heap can hold.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createClient, getErrorReason, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from './start-process.ts';

const PASSWORD = 'a demo password';
const RUNS = 80;
const TOKEN = 'x'.repeat(600);
const TOKENS = 2_000;
const TEXT = TOKEN.repeat(TOKENS);

let database: TestDatabase;
let dataDir: string;
let webhookUrl: string;
// Answers begin with the first token and go on when the test says so, all at once.
const release = Promise.withResolvers<void>();
const webhook = createServer((request, response) => {
  request.resume();
  void sendAnswer(response);
});

async function sendAnswer(response: ServerResponse): Promise<void> {
  response.on('error', () => {});
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const frame = `data: ${JSON.stringify({ content: TOKEN })}\n\n`;
  response.write(frame);
  await release.promise;
  for (let token = 1; token < TOKENS && !response.destroyed; token++) {
    if (response.write(frame)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve).once('close', resolve);
    });
    response.removeAllListeners('drain').removeAllListeners('close');
  }
  response.end('data: [DONE]\n\n');
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-overload-'));
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  webhook.closeAllConnections();
  webhook.close();
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

async function answerIn(client: Client, chatId: string) {
  const { messages } = await client.chat.get.query({ id: chatId });
  const answer = messages.find(({ role }) => role === 'assistant');
  return { count: messages.length, answer };
}

test(
  '80 answers of 1.2 MB do not end a server with a heap of 128 MB, and no acknowledged message is lost',
  {
    timeout: 180_000,
  },
  async () => {
    await using server = await startProcess({
      NODE_OPTIONS: '--max-old-space-size=128',
      PARLEY_DATA_DIR: path.join(dataDir, 'data'),
      PARLEY_DEMO_PASSWORD: PASSWORD,
      ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
    });
    const client = createClient({ url: server.url, cookies: new CookieJar() });
    await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
    const agent = await client.agent.create.mutate({ name: 'Long', webhookUrl });
    const chatIds: string[] = [];
    for (let run = 0; run < RUNS; run++) {
      chatIds.push((await client.chat.create.mutate({ agentId: agent.id })).id);
    }

    const outcomes = await Promise.all(
      chatIds.map((chatId) =>
        client.chat.send
          .mutate({ chatId, messageId: crypto.randomUUID(), content: 'Tell me everything.' })
          .then(() => 'acknowledged')
          .catch((error: unknown) => getErrorReason(error)?.reason ?? String(error)),
      ),
    );
    const accepted = chatIds.filter((_, index) => outcomes[index] === 'acknowledged');
    expect(new Set(outcomes)).toEqual(
      new Set([...outcomes].filter((outcome) => outcome === 'acknowledged' || outcome === 'OVERLOADED')),
    );
    expect(accepted.length).toBeGreaterThan(10);
    release.resolve();

    const ends: string[] = [];
    for (const chatId of accepted) {
      let found = await answerIn(client, chatId);
      await expect
        .poll(async () => (found = await answerIn(client, chatId)).answer?.status, {
          timeout: 120_000,
          interval: 200,
        })
        .not.toBe('streaming');
      const { count, answer } = found;
      expect(count).toBe(2);
      expect(TEXT.startsWith(answer?.content ?? 'none')).toBe(true);
      if (answer?.status === 'complete') expect(answer.content.length).toBe(TEXT.length);
      ends.push(answer?.error?.reason ?? 'complete');
    }
    expect(new Set(ends)).toEqual(new Set(['complete', 'OVERLOADED']));
    expect(server.child.exitCode).toBeNull();
    expect(server.child.signalCode).toBeNull();
    expect(server.stderr()).toContain('new messages are refused with OVERLOADED');

    // It accepts messages again.
    const chatId = (await client.chat.create.mutate({ agentId: agent.id })).id;
    await expect
      .poll(
        () =>
          client.chat.send
            .mutate({ chatId, messageId: crypto.randomUUID(), content: 'And now?' })
            .then(() => 'acknowledged')
            .catch((error: unknown) => getErrorReason(error)?.reason),
        { timeout: 60_000, interval: 500 },
      )
      .toBe('acknowledged');
  },
);
