// Export and search of chats over REST.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRequest } from './send-request.ts';
import { startRestServer, type RestServer } from './start-rest-server.ts';

let rest: RestServer;

beforeAll(async () => {
  rest = await startRestServer();
});

afterAll(() => rest[Symbol.asyncDispose]());

async function createChat(title: string): Promise<{ id: string }> {
  const { admin, user } = rest.team;
  const agent = await admin.caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url });
  return user.caller.chat.create({ agentId: agent.id, title });
}

test('a chat is exported as a file attachment, in Markdown or JSON', async () => {
  const { user } = rest.team;
  const { id } = await createChat('Exported');
  const answer = await sendRequest(`${rest.url}/api/chats/${id}/export?format=markdown`, {
    headers: { cookie: user.cookie },
  });
  expect([answer.status, answer.body]).toEqual([200, '# Exported\n']);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/markdown; charset=utf-8',
    'content-disposition': 'attachment; filename="chat.md"',
  });
  const json = await rest.send(user, 'GET', `/api/chats/${id}/export?format=json`);
  expect(json.body).toMatchObject({ chat: { id, title: 'Exported' }, messages: [] });
  const search = await rest.send(user, 'GET', '/api/chats/search?query=exported');
  expect(search.body).toMatchObject({
    items: [{ chat_id: id, matches: [{ start: 0, end: 8 }] }],
    next_cursor: null,
  });
});

test('a chat of 5,000 messages and 10 MB is exported completely and in order, in both formats', async () => {
  const { id } = await createChat('Long');
  const { user } = rest.team;
  await sql`
    insert into messages (team_id, id, chat_id, seq, role, content, status)
    select ${user.teamId}, gen_random_uuid(), ${id}, seq, 'user', 'message ' || seq || repeat(' .', 1000), 'complete'
    from generate_series(1, 5000) seq`.execute(rest.api.db);
  const read = async (format: string): Promise<string> => {
    const url = `${rest.url}/api/chats/${id}/export?format=${format}`;
    const { status, headers, body } = await sendRequest(url, { headers: { cookie: user.cookie } });
    expect(status).toBe(200);
    // The server sends pieces: the total length is not known at the start.
    expect(headers['transfer-encoding']).toBe('chunked');
    return body;
  };
  const numbers = Array.from({ length: 5000 }, (_, index) => String(index + 1));
  const { messages } = JSON.parse(await read('json')) as { messages: { content: string }[] };
  expect(messages.map(({ content }) => content.split(' ')[1])).toEqual(numbers);
  const markdown = await read('markdown');
  expect([...markdown.matchAll(/^message (\d+)/gm)].map(([, number]) => number)).toEqual(numbers);
}, 30_000);

test('a chat of 3,000 messages is read completely and in order, the same over REST and tRPC', async () => {
  const { id } = await createChat('Whole');
  const { user } = rest.team;
  await sql`
    insert into messages (team_id, id, chat_id, seq, role, content, status, is_superseded)
    select ${user.teamId}, gen_random_uuid(), ${id}, seq, case seq % 2 when 1 then 'user' else 'assistant' end,
      'Message ' || seq || repeat(' words', 100), 'complete', seq % 10 = 0
    from generate_series(1, 3000) seq`.execute(rest.api.db);
  const { messages, ...chat } = await user.caller.chat.get({ id });
  expect(messages.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 3000 }, (_, index) => index + 1).filter((seq) => seq % 10 !== 0),
  );
  const answer = await rest.send(user, 'GET', `/api/chats/${id}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.body).toEqual({
    ...{ id: chat.id, agent_id: chat.agentId, title: chat.title, is_pinned: false, is_archived: false },
    ...{ last_activity_at: chat.lastActivityAt, created_at: chat.createdAt, updated_at: chat.updatedAt },
    messages: messages.map(({ id: messageId, seq, role, content, timestamp, status }) => {
      return {
        id: messageId,
        seq,
        role,
        content,
        parts: [],
        timestamp,
        status,
        is_superseded: false,
        run_id: null,
        error: null,
      };
    }),
  });
});
