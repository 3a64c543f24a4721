// No stored value holds the event loop for long when it is read, however long it is.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';
import { createMeasuredClient, type MeasuredClient } from './measured-client.ts';

const MAX_HELD_MS = 50;
const MESSAGES = 20_000;
const MB = 1_000_000;

let rest: RestServer;
let client: MeasuredClient;
const chats: Record<string, string> = {};
const messageIds: Record<string, string> = {};

/** Texts as long as an answer may be. JSON escapes each character of the second with six. */
const texts: Record<string, string> = {
  'plain text': 'some words of an answer '.repeat((4 * MB) / 24),
  'control characters': '\u0001'.repeat(4 * MB),
  'Chinese text': '漢'.repeat((4 * MB) / 3),
};

const tool = (input: unknown) => ({
  id: crypto.randomUUID(),
  type: 'tool',
  name: 'find',
  state: 'output',
  input,
});

/** The largest parts that an answer may have: 2 MB beside 4 MB of text. */
const partsOf: Record<string, object[]> = {
  'reasoning of empty lines': [
    { id: 'r1', type: 'reasoning', text: '\n'.repeat(1_000_000) },
    { id: 'text-1', type: 'text', text: texts['plain text'] },
  ],
  'large inputs of tools': Array.from({ length: 30 }, () =>
    tool(deep(Array.from({ length: 30_000 }, () => 0))),
  ),
  'many parts': Array.from({ length: 500 }, () => tool({ query: '`\n'.repeat(1_900) })),
};

/** Each level indents its lines in Markdown. */
function deep(value: unknown): unknown {
  return Array.from({ length: 18 }).reduce((inner) => [inner], value);
}

async function createChat(agentId: string): Promise<string> {
  return (await rest.team.admin.caller.chat.create({ agentId })).id;
}

beforeAll(async () => {
  rest = await startRestServer();
  const { admin } = rest.team;
  const { teamId } = admin;
  const { db, webhook } = rest.api;
  const { id: agentId } = await admin.caller.agent.create({ name: 'Agent', webhookUrl: webhook.url });
  chats['messages'] = await createChat(agentId);
  await sql`
    insert into messages (team_id, id, chat_id, seq, role, content, status)
    select ${teamId}, gen_random_uuid(), ${chats['messages']}, seq, 'user', repeat('Some words of a chat. ', 10), 'complete'
    from generate_series(1, ${MESSAGES}::int) seq`.execute(db);
  for (const [name, text] of Object.entries(texts)) {
    const chatId = await createChat(agentId);
    chats[name] = chatId;
    const { rows } = await sql<{ id: string }>`
      insert into messages (team_id, id, chat_id, seq, role, content, status)
      select ${teamId}, gen_random_uuid(), ${chatId}, seq, 'assistant', ${text}, 'complete'
      from generate_series(1, 6) seq returning id`.execute(db);
    messageIds[name] = rows[0]?.id ?? '';
  }
  for (const [name, parts] of Object.entries(partsOf)) {
    const chatId = await createChat(agentId);
    chats[name] = chatId;
    await sql`
      insert into messages (team_id, id, chat_id, seq, role, content, parts, status)
      select ${teamId}, gen_random_uuid(), ${chatId}, seq, 'assistant', 'Hi', ${JSON.stringify(parts)}::jsonb, 'complete'
      from generate_series(1, 3) seq`.execute(db);
  }
  const config = JSON.stringify({ list: Array.from({ length: 6_500 }, () => [{}, 0]) });
  await sql`
    insert into agents (team_id, id, name, webhook_url, system_prompt, config)
    select ${teamId}, gen_random_uuid(), 'Agent ' || number, 'http://agent.example/', repeat('é', 100000), ${config}::jsonb
    from generate_series(1, 60) number`.execute(db);
  await sql`
    insert into error_logs (team_id, id, reason, message, hint)
    select ${teamId}, gen_random_uuid(), 'AGENT_ERROR', repeat('é', 1000), repeat('é', 1000)
    from generate_series(1, 101)`.execute(db);
  client = createMeasuredClient({ url: rest.url, cookie: admin.cookie });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await rest[Symbol.asyncDispose]();
});

const trpc = (path: string, input: object): string =>
  `/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;

async function expectShortTurns(path: string, minBytes: number): Promise<void> {
  const { status, bytes, heldMs } = await client.sendBest({ path }, MAX_HELD_MS);
  expect(status, path).toBe(200);
  expect(bytes, path).toBeGreaterThan(minBytes);
  expect(heldMs, path).toBeLessThan(MAX_HELD_MS);
}

describe('the event loop', () => {
  test(`is never held for more than 50 ms by a whole chat of ${MESSAGES} messages`, async () => {
    const id = chats['messages'] ?? '';
    for (const path of [
      `/api/chats/${id}`,
      trpc('chat.get', { id }),
      `/trpc/chat.get,chat.get?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: { json: { id } }, 1: { json: { id } } }))}`,
      `/api/chats/${id}/export?format=json`,
      `/api/chats/${id}/export?format=markdown`,
    ])
      await expectShortTurns(path, 4 * MB);
  });

  test.each(Object.keys(texts))(
    'is never held for more than 50 ms by messages of 4 MB of %s',
    async (name) => {
      const chatId = chats[name] ?? '';
      const messageId = messageIds[name] ?? '';
      for (const path of [
        `/api/chats/${chatId}/messages`,
        trpc('chat.messages', { chatId }),
        `/api/chats/${chatId}/messages/${messageId}`,
        trpc('chat.message', { chatId, messageId }),
      ])
        await expectShortTurns(path, 3 * MB);
      for (const path of [
        `/api/chats/${chatId}`,
        trpc('chat.get', { id: chatId }),
        `/api/chats/${chatId}/export?format=json`,
        `/api/chats/${chatId}/export?format=markdown`,
      ])
        await expectShortTurns(path, 20 * MB);
    },
  );

  test.each(Object.keys(partsOf))(
    'is never held for more than 50 ms by an export of answers with %s',
    async (name) => {
      const id = chats[name] ?? '';
      for (const format of ['json', 'markdown']) {
        await expectShortTurns(`/api/chats/${id}/export?format=${format}`, MB);
        await expectShortTurns(trpc('chat.export', { id, format }), MB);
      }
    },
  );

  test('is never held for more than 50 ms by agents with long prompts and configs of many values', async () => {
    for (const path of ['/api/agents?limit=100', trpc('agent.list', { limit: 100 })])
      await expectShortTurns(path, 0.5 * MB);
  });

  test('is never held for more than 50 ms by the logs', async () => {
    for (const path of ['/api/admin/errors?limit=100', '/api/admin/audit?limit=100'])
      await expectShortTurns(path, 200);
  });
});
