import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';

let rest: RestServer;
let agentId: string;

beforeAll(async () => {
  rest = await startRestServer();
  const { admin } = rest.team;
  const { id } = await admin.caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url });
  agentId = id;
});

afterAll(() => rest[Symbol.asyncDispose]());

async function newChat(): Promise<string> {
  return (await rest.team.user.caller.chat.create({ agentId })).id;
}

test('names are snake_case in requests and responses, and the keys of a config stay unchanged', async () => {
  const { admin } = rest.team;
  const config = { modelName: 'm', max_tokens: 5, nested: { camelCase: [{ snake_case: 1 }] } };
  const made = await rest.send(admin, 'POST', '/api/agents', {
    name: 'Named',
    webhook_url: 'http://127.0.0.1:1/hook',
    webhook_token: 'token',
    system_prompt: 'Be kind.',
    is_active: false,
    config,
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'Named',
    webhook_url: 'http://127.0.0.1:1/hook',
    has_webhook_token: true,
    system_prompt: 'Be kind.',
    is_active: false,
    config,
  });
  const { id } = made.body as { id: string };
  expect(await admin.caller.agent.get({ id })).toMatchObject({
    webhookUrl: 'http://127.0.0.1:1/hook',
    config,
  });
  const changed = await rest.send(admin, 'PUT', `/api/agents/${id}`, { is_active: true });
  expect(changed.body).toMatchObject({ id, is_active: true, name: 'Named' });
  expect((await rest.send(admin, 'GET', `/api/agents/${id}`)).body).toEqual({
    ...(changed.body as object),
    avatar: null,
  });
  expect((await rest.send(admin, 'DELETE', `/api/agents/${id}`)).body).toEqual({ id });
});

test('a camelCase name is refused over REST', async () => {
  const answer = await rest.send(rest.team.user, 'POST', '/api/chats', { agentId });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    reason: 'INVALID_INPUT',
    field_errors: { agent_id: [expect.any(String)] },
  });
});

test('a query string gives numbers and booleans, and refuses repeated and mistyped values', async () => {
  const { user } = rest.team;
  const chatId = await newChat();
  await user.caller.chat.update({ id: chatId, isArchived: true });
  const list = async (query: string) => (await rest.send(user, 'GET', `/api/chats?${query}`)).body;
  const archived = { items: [expect.objectContaining({ id: chatId })], next_cursor: null };
  expect(await list('is_archived=true&limit=5')).toEqual(archived);
  expect(await list('is_archived=false')).not.toMatchObject({ items: [{ id: chatId }] });
  for (const query of ['limit=five', 'limit=1e1', 'is_archived=1', 'limit=1&limit=2', 'limit=0', 'limit=']) {
    expect(await list(query), query).toMatchObject({ reason: 'INVALID_INPUT' });
  }
  expect(await list('__proto__=1&constructor=2&toString=3&limit=1')).toHaveProperty('items');
});

test('a list pages by its cursor', async () => {
  const user = await rest.team.createUser();
  const made = new Set<string>();
  for (let index = 0; index < 5; index += 1) made.add((await user.caller.chat.create({ agentId })).id);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await rest.send(user, 'GET', `/api/chats?limit=2${query}`);
    const page = body as { items: { id: string }[]; next_cursor: string | null };
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(seen).toHaveLength(5);
  expect(new Set(seen)).toEqual(made);
});

test('a media type belongs to a method: where POST takes a form, DELETE takes JSON and POST refuses it', async () => {
  const { admin } = rest.team;
  const path = `/api/agents/${agentId}/avatar`;
  const deleted = await rest.send(admin, 'DELETE', path, {});
  expect([deleted.status, deleted.body]).toEqual([200, { id: agentId, avatar_url: null }]);
  const posted = await rest.send(admin, 'POST', path, {});
  expect([posted.status, posted.body]).toMatchObject([415, { reason: 'UNSUPPORTED_MEDIA_TYPE' }]);
});

test('HEAD responds like GET, without a body', async () => {
  const response = await fetch(`${rest.url}/api/auth/me`, {
    method: 'HEAD',
    headers: { cookie: rest.team.user.cookie, 'sec-fetch-site': 'none' },
  });
  expect([response.status, await response.text()]).toEqual([200, '']);
});
