import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRestServer, type RestServer } from './start-rest-server.ts';

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

function postMessage(
  chatId: string,
  { body, accept = 'text/event-stream', signal }: { body: unknown; accept?: string; signal?: AbortSignal },
): Promise<Response> {
  return fetch(`${rest.url}/api/chats/${chatId}/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      cookie: rest.team.user.cookie,
      'sec-fetch-site': 'none',
    },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('names', () => {
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
});

describe('a query string', () => {
  test('a query string gives numbers and booleans, and refuses repeated and mistyped values', async () => {
    const { user } = rest.team;
    const chatId = await newChat();
    await user.caller.chat.update({ id: chatId, isArchived: true });
    const list = async (query: string) => (await rest.send(user, 'GET', `/api/chats?${query}`)).body;
    const archived = { items: [expect.objectContaining({ id: chatId })], next_cursor: null };
    expect(await list('is_archived=true&limit=5')).toEqual(archived);
    expect(await list('is_archived=false')).not.toMatchObject({ items: [{ id: chatId }] });
    for (const query of [
      'limit=five',
      'limit=1e1',
      'is_archived=1',
      'limit=1&limit=2',
      'limit=0',
      'limit=',
    ]) {
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
});

describe('a failure', () => {
  test('a failure has the same reason as over tRPC, and the matching status', async () => {
    const { user, admin } = rest.team;
    const nobody = '00000000-0000-7000-8000-000000000000';
    const cases = [
      [undefined, 'GET', '/api/chats', undefined, 401, 'NOT_AUTHENTICATED'],
      [user, 'POST', '/api/agents', { name: 'A', webhook_url: 'http://a.example' }, 403, 'ADMIN_REQUIRED'],
      [admin, 'GET', `/api/agents/${nobody}`, undefined, 404, 'AGENT_NOT_FOUND'],
      [user, 'GET', `/api/chats/${nobody}`, undefined, 404, 'CHAT_NOT_FOUND'],
      [user, 'GET', '/api/chats/not-an-id', undefined, 400, 'INVALID_INPUT'],
      [user, 'GET', '/api/chats/%E0%A4%A', undefined, 404, 'PATH_NOT_FOUND'],
      [user, 'GET', '/api/nothing', undefined, 404, 'PATH_NOT_FOUND'],
      [user, 'GET', '/api/chats?cursor=nonsense', undefined, 400, 'INVALID_CURSOR'],
      [user, 'POST', '/api/chats', { agent_id: nobody }, 404, 'AGENT_NOT_FOUND'],
      [user, 'POST', '/api/chats', [], 400, 'INVALID_REQUEST'],
      [user, 'POST', '/api/chats', 'text', 400, 'INVALID_REQUEST'],
    ] as const;
    for (const [who, method, path, body, status, reason] of cases) {
      const answer = await rest.send(who, method, path, body);
      expect([answer.status, answer.body], `${method} ${path}`).toEqual([
        status,
        expect.objectContaining({ reason, message: expect.any(String) }),
      ]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('an invalid field is reported by its REST name', async () => {
    const answer = await rest.send(rest.team.admin, 'POST', '/api/agents', {
      name: 'A',
      webhook_url: 'ftp://x',
    });
    expect(answer.body).toEqual({
      reason: 'INVALID_INPUT',
      message: 'The input is not valid. webhook_url: must begin with http:// or https://',
      field_errors: { webhook_url: ['must begin with http:// or https://'] },
    });
  });

  test('a login that fits several teams lists them', async () => {
    const email = 'both@example.com';
    const other = await rest.api.createTeam();
    const { password } = await rest.team.createUser({ email });
    await other.createUser({ email });
    const answer = await rest.send(undefined, 'POST', '/api/auth/login', { email, password });
    expect(answer.status).toBe(400);
    const { teams } = answer.body as { teams: string[] };
    expect(teams.toSorted()).toEqual([rest.team.slug, other.slug].toSorted());
  });

  test('a wrong method is refused with the allowed ones', async () => {
    const answer = await rest.send(rest.team.user, 'DELETE', '/api/chats');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(answer.body).toEqual({ reason: 'METHOD_NOT_SUPPORTED', message: 'This path takes GET, POST.' });
  });

  test('a body that is too long, malformed, nested too deeply or not JSON is refused', async () => {
    const post = async (body: string, type = 'application/json') => {
      const response = await fetch(`${rest.url}/api/chats`, {
        method: 'POST',
        headers: { 'content-type': type, cookie: rest.team.user.cookie, 'sec-fetch-site': 'none' },
        body,
      });
      return [response.status, ((await response.json()) as { reason: string }).reason];
    };
    const valid = JSON.stringify({ agent_id: agentId });
    expect(await post(' '.repeat(1_000_001))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await post('{"agent_id":')).toEqual([400, 'INVALID_REQUEST']);
    for (const complex of [`{"a":${'['.repeat(129)}${']'.repeat(129)}}`, `{"a":[${'0,'.repeat(20_000)}0]}`])
      expect(await post(complex)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
    ]) {
      expect(await post(valid, type), type).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
    expect((await post(valid, 'Application/JSON; charset=UTF-8'))[0]).toBe(201);
  });
});

test('a media type belongs to a method: where POST takes a form, DELETE takes JSON and POST refuses it', async () => {
  const { admin } = rest.team;
  const path = `/api/agents/${agentId}/avatar`;
  const deleted = await rest.send(admin, 'DELETE', path, {});
  expect([deleted.status, deleted.body]).toEqual([200, { id: agentId, avatar_url: null }]);
  const posted = await rest.send(admin, 'POST', path, {});
  expect([posted.status, posted.body]).toMatchObject([415, { reason: 'UNSUPPORTED_MEDIA_TYPE' }]);
});

describe('HEAD', () => {
  test('HEAD responds like GET, without a body', async () => {
    const response = await fetch(`${rest.url}/api/auth/me`, {
      method: 'HEAD',
      headers: { cookie: rest.team.user.cookie, 'sec-fetch-site': 'none' },
    });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('sending a message', () => {
  test('a sent message streams the events of its run, and the same answer is saved', async () => {
    rest.api.webhook.answerTokens(['Hi', ' there', ' 👋🏽']);
    const chatId = await newChat();
    const response = await postMessage(chatId, { body: { content: 'Hello' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = (await response.text()).split('\n\n');
    expect(frames.pop()).toBe('');
    const events = frames.map(
      (frame) => JSON.parse(frame.replace(/^data: /, '')) as { type: string; data: never },
    );
    expect(frames[0]).toBe(
      'data: {"type":"status","data":{"description":"Sending request...","level":"info","done":false}}',
    );
    const { messages } = await rest.team.user.caller.chat.get({ id: chatId });
    const text = events.map(({ type, data }) =>
      type === 'message' ? (data as { content: string }).content : '',
    );
    expect(text.join('')).toBe('Hi there 👋🏽');
    expect(messages[1]).toMatchObject({ content: 'Hi there 👋🏽', status: 'complete' });
    expect(frames.at(-1)).toBe(
      `data: {"type":"done","data":{"message":"Stream completed","message_id":"${messages[1]?.id}"}}`,
    );
  });

  test('a client that does not accept a stream gets the final message', async () => {
    rest.api.webhook.answerTokens(['All', ' at once']);
    const chatId = await newChat();
    for (const accept of ['application/json', '*/*', 'text/event-stream;q=0, application/json']) {
      const response = await postMessage(chatId, { body: { content: 'Hello' }, accept });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        role: 'assistant',
        content: 'All at once',
        status: 'complete',
        is_superseded: false,
      });
    }
  });

  test('a failed run is a failed request for a client that waits for JSON, with the text received so far', async () => {
    rest.api.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"half"}\n\ndata: {"error":"out of tokens"}\n\n');
      response.end();
    });
    const chatId = await newChat();
    const response = await postMessage(chatId, { body: { content: 'Hello' }, accept: 'application/json' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      reason: 'AGENT_ERROR',
      message: expect.any(String),
      answer: { content: 'half', status: 'failed', error: { reason: 'AGENT_ERROR' } },
    });
  });

  test('a refused message gets an error status, not a stream', async () => {
    const chatId = await newChat();
    const blank = await postMessage(chatId, { body: { content: ' ' } });
    expect([blank.status, await blank.json()]).toMatchObject([
      400,
      { field_errors: { content: ['must not be blank'] } },
    ]);
    const foreign = await postMessage('00000000-0000-7000-8000-000000000000', { body: { content: 'Hello' } });
    expect([foreign.status, await foreign.json()]).toMatchObject([404, { reason: 'CHAT_NOT_FOUND' }]);
    expect((await rest.team.user.caller.chat.get({ id: chatId })).messages).toEqual([]);
  });

  test('a message sent twice with one message_id is answered once, and both clients get the answer', async () => {
    rest.api.webhook.answerTokens(['once']);
    const before = rest.api.webhook.requests.length;
    const chatId = await newChat();
    const body = { content: 'Hello', message_id: '01935e6e-0000-7000-8000-0000000000aa' };
    const first = await (await postMessage(chatId, { body, accept: 'application/json' })).json();
    const second = await (await postMessage(chatId, { body, accept: 'application/json' })).json();
    expect(second).toEqual(first);
    expect(rest.api.webhook.requests.length - before).toBe(1);
  });

  test.each(['text/event-stream', 'application/json'])(
    'a run continues when its client, which asked for %s, disconnects',
    async (accept) => {
      const gate = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      rest.api.webhook.answerTokens(['first', ' second'], () => {
        asked.resolve();
        return gate.promise;
      });
      const chatId = await newChat();
      const controller = new AbortController();
      const leaving = postMessage(chatId, {
        body: { content: 'Hello' },
        accept,
        signal: controller.signal,
      }).then((response) => response.text());
      await Promise.race([asked.promise, leaving]);
      controller.abort();
      await expect(leaving).rejects.toThrow();
      gate.resolve();
      const answer = async () => (await rest.team.user.caller.chat.get({ id: chatId })).messages[1];
      await expect
        .poll(answer, { timeout: 10_000 })
        .toMatchObject({ content: 'first second', status: 'complete' });
    },
  );

  test("a message to another user's chat is refused as for a missing chat", async () => {
    const stranger = await rest.team.createUser();
    const chatId = await newChat();
    const answer = await rest.send(stranger, 'POST', `/api/chats/${chatId}/messages`, { content: 'Hello' });
    expect([answer.status, answer.body]).toMatchObject([404, { reason: 'CHAT_NOT_FOUND' }]);
  });
});
