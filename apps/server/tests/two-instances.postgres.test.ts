// Changes of an account on one instance act on the other: two server processes on one Postgres.
import { randomBytes } from 'node:crypto';
import { createTeam } from '@parley/api';
import { createClient, getErrorReason, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const WITHIN_MS = 5_000;
const PASSWORD = 'a good password';

let database: TestDatabase;
let webhook: TestWebhook;
let here: ServerProcess;
let elsewhere: ServerProcess;
let admin: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  webhook = await startTestWebhook();
  const email = 'admin@example.com';
  await createTeam(database.system, { name: 'Team', slug: 'team', admin: { email, password: PASSWORD } });
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url ?? '',
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  };
  [here, elsewhere] = await Promise.all([
    startProcess(env, /listening on .*\n/),
    startProcess(env, /listening on .*\n/),
  ]);
  admin = createClient({ url: here.url, cookies: new CookieJar() });
  await admin.auth.login.mutate({ email, password: PASSWORD });
  await admin.agent.create.mutate({ name: 'Agent', webhookUrl: webhook.url });
});

afterAll(async () => {
  await Promise.all([here.end('SIGKILL'), elsewhere.end('SIGKILL')]);
  await webhook[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Member {
  id: string;
  /** The same login on each instance: cookies ignore ports. */
  onHere: Client;
  onElsewhere: Client;
  cookie: () => Promise<string>;
}

/** Registers a new user on one instance. */
async function join(role: 'user' | 'admin'): Promise<Member> {
  const jar = new CookieJar();
  const onHere = createClient({ url: here.url, cookies: jar });
  const { token: inviteToken } = await admin.team.createInvite.mutate({ role });
  const email = `${crypto.randomUUID()}@example.com`;
  const { user } = await onHere.auth.register.mutate({ email, password: PASSWORD, inviteToken });
  const onElsewhere = createClient({ url: elsewhere.url, cookies: jar });
  return { id: user.id, onHere, onElsewhere, cookie: () => jar.getCookieString(here.url) };
}

/** Opens a stream on the other instance, of an answer that does not end. */
async function openStream(member: Member): Promise<{ end: Promise<string>; isOpen: () => boolean }> {
  webhook.answerTokens(['Working', ' never'], () => new Promise(() => {}));
  const [agent] = (await member.onHere.agent.list.query()).items;
  const { id: chatId } = await member.onHere.chat.create.mutate({ agentId: agent?.id ?? '' });
  await member.onHere.chat.send.mutate({ chatId, messageId: crypto.randomUUID(), content: 'Hi' });
  const input = encodeURIComponent(JSON.stringify({ json: { chatId } }));
  const response = await fetch(`${elsewhere.url}/trpc/chat.stream?input=${input}`, {
    headers: { cookie: await member.cookie(), 'sec-fetch-site': 'none' },
  });
  const started = Promise.withResolvers<void>();
  let isOpen = true;
  const read = async (): Promise<string> => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes('Working')) started.resolve();
    }
    isOpen = false;
    return text;
  };
  const end = read();
  await Promise.race([started.promise, end]);
  return { end, isOpen: () => isOpen };
}

function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'not refused',
    (error: unknown) => getErrorReason(error)?.reason ?? String(error),
  );
}

test.each([
  ['a logout', 'NOT_AUTHENTICATED', (member: Member) => member.onHere.auth.logout.mutate()],
  [
    'disabling an account',
    'SESSION_EXPIRED',
    ({ id }: Member) => admin.team.setActive.mutate({ userId: id, isActive: false }),
  ],
])(
  '%s ends open streams on the other instance within 5 s, and refuses its next request',
  async (_what, reason, change) => {
    const member = await join('user');
    const stream = await openStream(member);
    expect(stream.isOpen()).toBe(true);
    const startMs = performance.now();
    await change(member);
    expect(await reasonOf(member.onElsewhere.chat.list.query())).toBe(reason);
    expect(await stream.end).toContain('SESSION_EXPIRED');
    expect(performance.now() - startMs).toBeLessThan(WITHIN_MS);
  },
);

test('a change of role acts on the other instance with the next request, and keeps streams open', async () => {
  const member = await join('admin');
  const stream = await openStream(member);
  expect(await reasonOf(member.onElsewhere.admin.audit.query())).toBe('not refused');
  await admin.team.setRole.mutate({ userId: member.id, role: 'user' });
  expect(await reasonOf(member.onElsewhere.admin.audit.query())).toBe('ADMIN_REQUIRED');
  await admin.team.setRole.mutate({ userId: member.id, role: 'admin' });
  expect(await reasonOf(member.onElsewhere.admin.audit.query())).toBe('not refused');
  expect(stream.isOpen()).toBe(true);
});
