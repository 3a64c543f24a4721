// The answers of real agents, byte by byte, reach the user of a real server and its client as a person should read them.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createClient, initialRunView, reduceRunEvents, sendMessage, type Client } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';

interface Expected {
  text: string;
  outcome: 'succeeded' | 'failed';
  reason?: string[];
}

interface Capture {
  name: string;
  end: string;
  reads: [atMs: number, base64: string][];
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../packages/webhook/tests/fixtures/${name}`, import.meta.url), 'utf8');
const captures: Capture[] = fixture('answer-captures.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Capture);
const expected = JSON.parse(fixture('expected-answers.json')) as Record<string, Expected>;

/** An agent that answers every request with the bytes of a capture, in the order and the pieces in which they were recorded. */
async function startAgent({ reads }: Capture): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      for (const [, base64] of reads) socket.write(Buffer.from(base64, 'base64'));
      socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhook/chat`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** White space is folded, except that a blank line separates paragraphs. */
function fold(text: string): string {
  const paragraphs = text.split(/\n\s*\n/);
  return paragraphs.map((paragraph) => paragraph.replace(/\s+/g, ' ').trim()).join('\n\n');
}

describe('the answers of real agents', () => {
  let server: TestServer;
  let client: Client;
  let createAgent: (webhookUrl: string) => Promise<string>;

  beforeAll(async () => {
    server = await startTestServer();
    const { admin, user } = await server.api.createTeam();
    client = createClient({ url: server.url, cookies: new CookieJar() });
    await client.auth.login.mutate({ email: user.email, password: user.password });
    createAgent = async (webhookUrl) => (await admin.caller.agent.create({ name: 'Agent', webhookUrl })).id;
  });

  afterAll(() => server[Symbol.asyncDispose]());

  test.each(captures)('$name is read as expected, while it streams and when it is saved', async (capture) => {
    await using agent = await startAgent(capture);
    const agentId = await createAgent(agent.url);
    const { id: chatId } = await client.chat.create.mutate({ agentId });
    let view = initialRunView;
    for await (const event of sendMessage(client, { chatId, content: 'Hello' }))
      view = reduceRunEvents(view, event);

    const { text, outcome, reason } = expected[capture.name] ?? {};
    expect([fold(view.text), view.state]).toEqual([fold(text ?? ''), outcome]);
    if (reason !== undefined) expect(reason).toContain(view.error?.reason);
    const chat = await client.chat.get.query({ id: chatId });
    expect(fold(chat.messages.at(-1)?.content ?? '')).toBe(fold(text ?? ''));
  });
});
