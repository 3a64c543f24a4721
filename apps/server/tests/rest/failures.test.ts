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
