// No secret leaks: the suite drives a server process through everything that handles secrets, with valid and invalid
// input, and searches its responses, logs and tables for them. On Postgres only, whose tables it can read meanwhile.
import { createTeam } from '@parley/api';
import { newId } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sendRequest, type RawResponse } from '../send-request.ts';
import { startProcess, type ServerProcess } from '../start-process.ts';
import { createCanaries } from './canaries.ts';

const canaries = createCanaries();
const secrets = {
  databasePassword: canaries.make('database password'),
  jwtSecret: canaries.make('JWT secret', (random) => `${random}${'-'.repeat(32)}`),
  metricsToken: canaries.make('metrics token'),
  password: canaries.make('password'),
  newPassword: canaries.make('new password'),
  wrongPassword: canaries.make('wrong password'),
  otherPassword: canaries.make('password of another'),
  webhookToken: canaries.make('webhook token'),
  // Base64 without padding or characters that differ between encodings.
  signingSecret: canaries.make('signing secret', (random) => `whsec_${random}${random.slice(0, 8)}`),
  secretInUrl: canaries.make('secret in the webhook URL'),
  misplaced: canaries.make('secret in the wrong place'),
};
const encryptionKey = Buffer.from(canaries.make('encryption key').padEnd(32).slice(0, 32)).toString('base64');

let database: TestDatabase;
let webhook: TestWebhook;
let server: ServerProcess;
/** The server's database role. */
const login = `canary_${newId().replaceAll('-', '')}`;
/** All responses without cookies. `shownOnce`: responses that show a new secret once, as they should. */
const answers: string[] = [];
const shownOnce: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  webhook = await startTestWebhook();
  await createTeam(database.system, {
    name: 'Canaries',
    slug: 'canaries',
    admin: { email: 'admin@example.com', password: secrets.password },
  });
  await sql`create role ${sql.id(login)} login password ${sql.lit(secrets.databasePassword)}`.execute(
    database.db,
  );
  await sql`grant parley_app, parley_system to ${sql.id(login)}`.execute(database.db);
  const url = new URL(database.url ?? '');
  url.username = login;
  url.password = secrets.databasePassword;
  server = await startProcess(
    {
      NODE_ENV: 'production',
      LOG_LEVEL: 'trace',
      DATABASE_URL: url.href,
      JWT_SECRET: secrets.jwtSecret,
      ENCRYPTION_KEY: encryptionKey,
      METRICS_TOKEN: secrets.metricsToken,
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    },
    /listening on .*\n/,
  );
  await drive();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await sql`drop role ${sql.id(login)}`.execute(database.db);
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Credentials {
  cookie?: string;
  authorization?: string;
}

interface Call extends Credentials {
  method?: string;
  body?: string;
  /** The response shows a new secret to its owner. */
  showsSecret?: true;
}

async function call(
  path: string,
  { body, showsSecret, method, ...credentials }: Call = {},
): Promise<RawResponse> {
  const answer = await sendRequest(`${server.url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...credentials,
      'sec-fetch-site': 'none',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const { 'set-cookie': _cookies, ...headers } = answer.headers;
  const whole = `${path.replace(/\?.*/, '')} ${answer.status}\n${JSON.stringify(headers)}\n${answer.body}`;
  (showsSecret === true ? shownOnce : answers).push(whole);
  return answer;
}

function mutate(procedure: string, input: unknown, options: Call = {}): Promise<RawResponse> {
  return call(`/trpc/${procedure}`, { ...options, body: JSON.stringify({ json: input }) });
}

function query(procedure: string, input: unknown, credentials: Credentials): Promise<RawResponse> {
  const text = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  return call(`/trpc/${procedure}${text}`, credentials);
}

/** The first value of this name in a JSON response. */
function valueOf({ body }: RawResponse, name: string): string {
  const value = new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1];
  if (value === undefined) throw new Error(`no ${name} in ${body}`);
  return value;
}

/** The `Cookie` header of a browser that received this response. */
function cookieOf({ headers }: RawResponse, who: string): string {
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.slice(0, cookie.indexOf(';')));
  for (const cookie of cookies) {
    const [name = '', value = ''] = cookie.split('=');
    // The secret part of a JWT is its signature.
    canaries.add(`${name} of ${who}`, value.split('.').at(-1) ?? '');
  }
  return cookies.join('; ');
}

async function drive(): Promise<void> {
  const admin = await useLogins();
  const user = await useInvite(admin);
  const bearer = await useApiKey(admin);
  const agentId = await useAgent(admin, user);
  await misplaceSecrets(admin, agentId);
  await breakTheDatabase(admin);
  for (const credentials of [admin, user, bearer]) await readEverything(credentials, agentId);
  await call('/metrics', { authorization: `Bearer ${secrets.metricsToken}` });
}

async function useLogins(): Promise<Credentials> {
  const account = { email: 'admin@example.com', password: secrets.password };
  await mutate('auth.login', { ...account, password: secrets.wrongPassword });
  await mutate('auth.login', { email: 'nobody@example.com', password: secrets.wrongPassword });
  await call('/api/auth/login', { body: JSON.stringify({ ...account, password: secrets.wrongPassword }) });
  const cookie = cookieOf(await mutate('auth.login', account), 'the admin');
  await mutate(
    'auth.changePassword',
    { currentPassword: secrets.wrongPassword, newPassword: secrets.newPassword },
    { cookie },
  );
  await mutate(
    'auth.changePassword',
    { currentPassword: secrets.password, newPassword: secrets.newPassword },
    { cookie },
  );
  await mutate('auth.refresh', undefined, { cookie: cookie.replace(/parley_session=/, 'parley_session=x') });
  const renewed = cookieOf(await mutate('auth.refresh', undefined, { cookie }), 'the admin, renewed');
  const other = cookieOf(
    await mutate('auth.login', { ...account, password: secrets.newPassword }),
    'another login',
  );
  await mutate('auth.logout', undefined, { cookie: other });
  await query('auth.me', undefined, { cookie: other });
  return { cookie: renewed };
}

async function useInvite(admin: Credentials): Promise<Credentials> {
  const inviteToken = valueOf(
    await mutate('team.createInvite', {}, { ...admin, showsSecret: true }),
    'token',
  );
  canaries.add('invite token', inviteToken.replace('invite_', ''));
  const input = { email: 'user@example.com', password: secrets.otherPassword, inviteToken };
  const cookie = cookieOf(await mutate('auth.register', input), 'the user');
  await mutate('auth.register', input);
  return { cookie };
}

async function useApiKey(admin: Credentials): Promise<Credentials> {
  const key = valueOf(
    await mutate(
      'apiKey.create',
      { name: 'Script', scope: 'admin', password: secrets.newPassword },
      { ...admin, showsSecret: true },
    ),
    'key',
  );
  canaries.add('API key', key.replace('parley_', ''));
  await query('auth.me', undefined, { authorization: `Bearer ${key}` });
  await query('auth.me', undefined, { authorization: `Bearer ${key}x` });
  await query('auth.me', undefined, {
    authorization: `Basic ${Buffer.from(`a:${secrets.misplaced}`).toString('base64')}`,
  });
  return { authorization: `Bearer ${key}` };
}

/** An agent that fails in every way that has a text, and echoes its secrets. */
async function useAgent(admin: Credentials, user: Credentials): Promise<string> {
  const { webhookToken, signingSecret, secretInUrl } = secrets;
  const agent = await mutate(
    'agent.create',
    { name: 'Agent', webhookUrl: webhook.url, webhookToken, signingSecret },
    admin,
  );
  const id = valueOf(agent, 'id');
  await mutate('agent.update', { id, webhookToken, signingSecret }, admin);
  const chatId = valueOf(await mutate('chat.create', { agentId: id }, user), 'id');
  const send = async (): Promise<void> => {
    await mutate('chat.send', { chatId, messageId: newId(), content: 'Hi' }, user);
    await query('chat.stream', { chatId }, user);
  };
  const printed = `sent Bearer ${webhookToken}, signed with ${signingSecret} (${Buffer.from(webhookToken).toString('base64')})`;
  for (const status of [200, 401, 404, 500]) {
    webhook.answer((response) => {
      response.writeHead(status, { 'x-echo': webhookToken }).end(status === 200 ? 'Hello' : printed);
    });
    await send();
  }
  webhook.answer((response) => {
    response.writeHead(302, { location: `http://127.0.0.1:2/${webhookToken}` }).end();
  });
  await send();
  webhook.answer((response) => {
    response.end(`{"type":"begin"}\n{"type":"error","content":"${printed}"}\n`);
  });
  await send();
  webhook.answer((response) => {
    response.destroy();
  });
  await send();
  // A key that is a part of the webhook URL is visible to admins only.
  await mutate(
    'agent.update',
    { id, webhookUrl: `http://127.0.0.1:2/${secretInUrl}?key=${secretInUrl}`, webhookToken },
    { ...admin, showsSecret: true },
  );
  await send();
  await mutate('agent.update', { id, webhookUrl: webhook.url, webhookToken, signingSecret }, admin);
  await mutate('agent.test', { id }, admin);
  return id;
}

/** Sends secrets in the wrong field, type or format. */
async function misplaceSecrets(admin: Credentials, id: string): Promise<void> {
  const { misplaced } = secrets;
  await mutate('agent.update', { id, webhookToken: `${misplaced} ${misplaced}` }, admin);
  await mutate('agent.update', { id, webhookToken: { misplaced } }, admin);
  await mutate('agent.update', { id, webhookToken: [misplaced], [misplaced]: 1 }, admin);
  await mutate('agent.update', { id, signingSecret: misplaced }, admin);
  await mutate('agent.update', { id, isActive: misplaced }, admin);
  await mutate('agent.update', { id, webhookUrl: `https://user:${misplaced}@n8n.example.com/` }, admin);
  await mutate('agent.update', { id, webhookUrl: `https://10.0.0.1/?key=${misplaced}` }, admin);
  await mutate('auth.login', { email: misplaced, password: misplaced });
  await mutate('auth.login', { email: ['admin@example.com'], password: { misplaced } });
  await mutate('auth.register', {
    email: 'a@example.com',
    password: misplaced.slice(0, 9),
    teamId: misplaced,
  });
  await mutate('auth.register', { email: 'a@example.com', password: misplaced, inviteToken: misplaced });
  await mutate('auth.revokeSession', { id: misplaced }, admin);
  for (const route of ['/trpc/auth.login', '/api/auth/login']) {
    await call(route, { body: `{"password": ${misplaced}` });
    await call(route, { body: misplaced });
    await call(route, { body: `{"email":"a@example.com","password":"${misplaced}` });
  }
  await call('/trpc/auth.me?input=' + misplaced, admin);
  await call(`/api/agents?cursor=${misplaced}&limit=${misplaced}`, admin);
  await call('/api/agents', { cookie: `parley_access=${misplaced}; parley_session=${misplaced}` });
  await call('/api/agents', { cookie: `parley_access=eyJhbGciOiJIUzI1NiJ9.${misplaced}.${misplaced}` });
  await call('/metrics', { authorization: `Bearer ${misplaced}` });
}

/** Provokes errors that contain secrets: Postgres quotes the refused row, and the driver its login. */
async function breakTheDatabase(admin: Credentials): Promise<void> {
  const { db } = database;
  for (const table of ['users', 'agents', 'api_keys', 'sessions'])
    await sql`alter table ${sql.id(table)} add constraint boom check (team_id is null) not valid`.execute(db);
  const inviteToken = valueOf(
    await mutate('team.createInvite', {}, { ...admin, showsSecret: true }),
    'token',
  );
  canaries.add('second invite token', inviteToken.replace('invite_', ''));
  const { webhookToken, otherPassword: password } = secrets;
  const refused = [
    await mutate('auth.register', { email: 'boom@example.com', password, inviteToken }),
    await mutate('agent.create', { name: 'Boom', webhookUrl: webhook.url, webhookToken }, admin),
    await mutate('apiKey.create', { name: 'Boom', scope: 'admin', password: secrets.newPassword }, admin),
    await mutate('auth.login', { email: 'user@example.com', password }),
  ];
  expect(refused.map(({ body }) => /"reason":"(\w+)"/.exec(body)?.[1])).toEqual(
    Array(4).fill('INTERNAL_ERROR'),
  );
  for (const table of ['users', 'agents', 'api_keys', 'sessions'])
    await sql`alter table ${sql.id(table)} drop constraint boom`.execute(db);

  await sql`alter role ${sql.id(login)} nologin`.execute(db);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${login}`.execute(db);
  for (const { status } of [
    await query('auth.me', undefined, admin),
    await mutate('auth.login', { email: 'user@example.com', password }),
  ])
    expect(status).toBeGreaterThanOrEqual(500);
  await sql`alter role ${sql.id(login)} login`.execute(db);
  await vi.waitFor(async () => expect((await query('auth.me', undefined, admin)).status).toBe(200), 10_000);
}

async function readEverything(credentials: Credentials, agentId: string): Promise<void> {
  const chats = await query('chat.list', undefined, credentials);
  const chatId = /"id":"([^"]+)"/.exec(chats.body)?.[1];
  for (const procedure of [
    ...['auth.me', 'auth.sessions', 'apiKey.list', 'team.get', 'team.members', 'team.listInvites'],
    ...['agent.list', 'admin.errors', 'admin.audit'],
  ])
    await query(procedure, undefined, credentials);
  await query('admin.usage', { groupBy: 'user' }, credentials);
  await query('agent.get', { id: agentId }, credentials);
  for (const path of [
    '/api/agents',
    '/api/admin/errors',
    '/api/admin/audit',
    '/api/auth/sessions',
    '/api/api-keys',
  ])
    await call(path, credentials);
  if (chatId === undefined) return;
  await query('chat.get', { id: chatId }, credentials);
  await query('chat.messages', { chatId }, credentials);
  for (const format of ['markdown', 'json']) await query('chat.export', { id: chatId, format }, credentials);
  await query('chat.search', { query: 'Hello' }, credentials);
  await call(`/api/chats/${chatId}/messages`, credentials);
}

test('the search finds the secrets that are shown once, in every encoding', async () => {
  expect(shownOnce.flatMap((answer) => canaries.findIn(answer))).toEqual([
    'invite token',
    'API key',
    'secret in the webhook URL',
    'second invite token',
  ]);
  for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const)
    for (const before of ['', 'a', 'ab'])
      expect(canaries.findIn(Buffer.from(`${before}${secrets.webhookToken}...`).toString(encoding))).toEqual([
        'webhook token',
      ]);
  expect(canaries.findIn(`Unexpected token, "${secrets.password.slice(3, 15)}..."`)).toEqual(['password']);
});

test('the secrets were used: the webhook received its token, and responses of each status occurred', () => {
  expect(webhook.requests.at(-1)?.headers).toMatchObject({
    authorization: `Bearer ${secrets.webhookToken}`,
    'webhook-signature': expect.stringMatching(/^v1,/),
  });
  const statuses = new Set(answers.map((answer) => /^\S+ (\d+)/.exec(answer)?.[1]));
  expect([...statuses]).toEqual(expect.arrayContaining(['200', '400', '401', '403', '500']));
});

describe('no secret', () => {
  test('is in a response', () => {
    for (const answer of answers) expect.soft(canaries.findIn(answer), answer).toEqual([]);
    for (const answer of answers) expect.soft(answer).not.toMatch(/\$argon2|eyJ[\w-]+\.eyJ/);
  });

  test('is in the log, which contains every request and failure', () => {
    const log = server.stderr();
    expect(/violates check constraint/.test(log)).toBe(true);
    expect(log.split('\n').length).toBeGreaterThan(answers.length);
    expect(canaries.findIn(log)).toEqual([]);
    expect(/\$argon2|eyJ[\w-]+\.eyJ/.exec(log)).toBeNull();
    expect(canaries.findIn(server.stdout())).toEqual([]);
  });

  test('is in the database, except hashed or encrypted', async () => {
    const { rows: tables } = await sql<{ name: string }>`
      select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
    `.execute(database.db);
    const found: string[] = [];
    const counts = new Map<string, number>();
    for (const { name } of tables) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(
        database.db,
      );
      counts.set(name, rows.length);
      for (const { text } of rows)
        found.push(...canaries.findIn(text).map((canary) => `${canary} in ${name}`));
    }
    for (const table of ['error_logs', 'audit_log', 'api_keys', 'invites', 'sessions', 'agents'])
      expect(counts.get(table)).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});
