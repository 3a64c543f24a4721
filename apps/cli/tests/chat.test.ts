// `parley chat` against a real server. Tests of streams, signals and exit codes start the command as a process.
import { rateLimited } from '@parley/api';
import type { TestTeam, TestUser } from '@parley/api/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runInProcess } from './run-in-process.ts';
import { startParley, type ParleyProcess, type RunningParley } from './start-parley.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

let server: TestServer;
let team: TestTeam;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  team = await server.api.createTeam();
  await createAgent('Support');
  server.api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

test('chat prints the answer and a newline to stdout, and everything else to stderr', async () => {
  const parley = chat('Hi');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toBe('Hello from the agent\n');
  expect(parley.stderr().split('\n')).toEqual([
    expect.stringMatching(/^Support, in a new chat\. To continue it: --chat [0-9a-f-]{36}$/),
    'Sending request...',
    '',
  ]);
  const { items } = await team.user.caller.chat.list();
  expect(items).toMatchObject([{ title: 'Hi' }]);
});

test('chat prints each token when it arrives', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = startChat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  gate.resolve();
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toBe('First rest\n');
});

test('chat --email ends its session', async () => {
  const sessionsOf = (user: TestUser) =>
    server.api.db.selectFrom('sessions').selectAll().where('userId', '=', user.id).execute();
  const before = await sessionsOf(team.user);
  expect(await chat('Hi').exitCode).toBe(0);
  expect(await sessionsOf(team.user)).toEqual(before);
});

test('chat --chat continues a chat, and the agent receives the earlier messages', async () => {
  const first = chat('My name is Ada.');
  expect(await first.exitCode).toBe(0);
  const chatId = /--chat (\S+)/.exec(first.stderr())?.[1] ?? '';
  const second = chat('What is my name?', '--chat', chatId);
  expect(await second.exitCode).toBe(0);
  const { messages } = await team.user.caller.chat.get({ id: chatId });
  expect(messages.map((message) => message.content)).toEqual([
    'My name is Ada.',
    'Hello from the agent',
    'What is my name?',
    'Hello from the agent',
  ]);
});

test('chat --agent matches the name regardless of case', async () => {
  await createAgent('Sales');
  const parley = chat('Hi', '--agent', 'sALES');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).toContain('Sales, in a new chat.');
});

test('chat --agent with an unknown name fails with the names of all agents', async () => {
  await createAgent('Sales');
  await expectFailure(
    chat('Hi', '--agent', 'Nobody'),
    2,
    'There is no agent "Nobody". Choose from: Sales, Support.',
  );
});

test('chat without --agent skips an agent that is switched off', async () => {
  const { id } = await createAgent('Newest');
  await team.admin.caller.agent.update({ id, isActive: false });
  const parley = chat('Hi');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).toContain('Support, in a new chat.');
  await expectFailure(chat('Hi', '--agent', 'Newest'), 1, 'This agent is switched off.', '(AGENT_INACTIVE)');
});

test('chat - reads the message from stdin', async () => {
  const parley = startParley(['chat', ...login(), '-'], {
    stdin: 'Line one\nLine two\n',
    password: team.user.password,
  });
  expect(await parley.exitCode).toBe(0);
  const { items } = await team.user.caller.chat.list();
  const { messages } = await team.user.caller.chat.get({ id: items[0]?.id ?? '' });
  expect(messages[0]?.content).toBe('Line one\nLine two');
  expect(items[0]?.title).toBe('Line one Line two');
});

test('chat --json prints each event as a line of JSON', async () => {
  const parley = chat('Hi', '--json');
  expect(await parley.exitCode).toBe(0);
  const events = parley
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'status', data: { description: 'Sending request...' } });
  expect(events.at(-1)).toMatchObject({ type: 'done', data: { messageId: expect.any(String) } });
  expect(events).toContainEqual(expect.objectContaining({ type: 'message' }));
});

test('when the agent fails, chat keeps the printed text, prints the reason and exits with 1', async () => {
  server.api.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"content":"Half an ans"}\n\n', () => response.destroy());
  });
  const parley = chat('Hi');
  expect(await parley.exitCode).toBe(1);
  expect(parley.stdout()).toBe('Half an ans\n');
  expect(parley.stderr()).toMatch(/^parley: .+ \(AGENT_[A-Z_]+\)\n/m);
});

test.each([
  ['resumes from the log', undefined],
  ['is replayed, if the log is gone', 0],
])('after a lost connection, the answer %s, and is printed once', async (_what, logRetentionMs) => {
  await using other = await startTestServer(logRetentionMs === undefined ? {} : { logRetentionMs });
  const { admin, user } = await other.api.createTeam();
  await admin.caller.agent.create({ name: 'Agent', webhookUrl: other.api.webhook.url });
  const gate = Promise.withResolvers<void>();
  other.api.webhook.answerTokens(['Before', ' and', ' after'], () => gate.promise);

  const parley = runInProcess(['chat', '--url', other.url, '--email', user.email, 'Hi'], {
    password: user.password,
  });
  await vi.waitFor(() => expect(parley.stdout()).toBe('Before'), 10_000);
  other.cutConnections();
  gate.resolve();
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toBe('Before and after\n');
  expect(parley.stderr()).toContain('Connection lost.');
  expect(parley.stderr()).toContain('Reconnected.');
});

test('chat waits as long as a rate limit asks for, says so on stderr, and sends the message once', async () => {
  let refusedMs = Number.NaN;
  const rateLimits = {
    async consume(name: string) {
      if (name !== 'send' || refusedMs > 0) return;
      refusedMs = performance.now();
      throw rateLimited(1_000);
    },
    isExceeded: async () => false,
  };
  await using limited = await startTestServer({}, rateLimits);
  const { admin, user } = await limited.api.createTeam();
  await admin.caller.agent.create({ name: 'Agent', webhookUrl: limited.api.webhook.url });
  limited.api.webhook.answerTokens(['Hello']);

  const parley = runInProcess(['chat', '--url', limited.url, '--email', user.email, 'Hi'], {
    password: user.password,
  });
  await vi.waitFor(() => expect(parley.stdout()).toBe('Hello\n'), 10_000);
  expect(performance.now() - refusedMs).toBeGreaterThanOrEqual(1_000);
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).toContain('The message was not sent (RATE_LIMITED). Retrying in 1 s.\n');
  const { items } = await user.caller.chat.list();
  const { messages } = await user.caller.chat.get({ id: items[0]?.id ?? '' });
  expect(messages).toHaveLength(2);
});

test('Ctrl-C ends chat at once with 130, and the server continues the answer', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = startChat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  const stoppedMs = performance.now();
  parley.kill('SIGINT');
  expect(await parley.exitCode).toBe(130);
  expect(performance.now() - stoppedMs).toBeLessThan(1_000);
  expect(parley.stderr()).toMatch(/The server continues the answer in chat \S+\.\n$/);
  await vi.waitFor(() => expect(server.openStreams).toBe(0));

  gate.resolve();
  const { items } = await team.user.caller.chat.list();
  await vi.waitFor(async () => {
    const { messages } = await team.user.caller.chat.get({ id: items[0]?.id ?? '' });
    expect(messages[1]).toMatchObject({ content: 'First rest', status: 'complete' });
  });
});

test('chat exits with 0 when the reader of its stdout closes it', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = startChat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  parley.closeStdout();
  gate.resolve();
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).not.toContain('Error');
});

test('a wrong password is reported in one line', async () => {
  const parley = startParley(['chat', ...login(), 'Hi'], { password: 'wrong' });
  await expectFailure(parley, 3, 'The email or the password is wrong. (INVALID_CREDENTIALS)');
});

test('without a password or a terminal, the error names PARLEY_PASSWORD', async () => {
  await expectFailure(runInProcess(['chat', ...login(), 'Hi']), 2, 'set PARLEY_PASSWORD');
});

test('a login that exists in several teams fails with their slugs', async () => {
  const other = await server.api.createTeam();
  const user = await other.createUser({ email: team.user.email });
  const { password } = user;
  const parley = runInProcess(['chat', ...login(), 'Hi'], { password });
  await expectFailure(parley, 2, 'Choose one with --team:', team.slug, other.slug);
  expect(await runInProcess(['chat', ...login(), '--team', team.slug, 'Hi'], { password }).exitCode).toBe(0);
});

test('an unreachable server is reported with the cause', async () => {
  const other = await startTestServer();
  await other[Symbol.asyncDispose]();
  const parley = runInProcess(['chat', '--url', other.url, '--email', 'a@example.com', 'Hi'], {
    password: 'any',
  });
  await expectFailure(parley, 4, `Cannot reach ${other.url}: connection refused.`);
  const blocked = ['chat', '--url', 'http://127.0.0.1:1', '--email', 'a@example.com', 'Hi'];
  await expectFailure(
    runInProcess(blocked, { password: 'any' }),
    4,
    'Cannot reach http://127.0.0.1:1: bad port.',
  );
});

test('an address of another program, or an invalid one, is named in the error', async () => {
  const args = ['--email', 'a@example.com', 'Hi'];
  const webhook = server.api.webhook.url;
  await expectFailure(
    runInProcess(['chat', '--url', webhook, ...args], { password: 'any' }),
    4,
    `${webhook} does not respond like a Parley server.`,
  );
  await expectFailure(
    runInProcess(['chat', '--url', 'localhost', ...args], { password: 'any' }),
    2,
    'such as http://127.0.0.1:8000',
  );
});

test('a missing chat and an empty message are refused', async () => {
  await expectFailure(
    chat('Hi', '--chat', crypto.randomUUID()),
    1,
    'There is no such chat. (CHAT_NOT_FOUND)',
  );
  await expectFailure(chat('  '), 2, 'The message is empty.');
});

function createAgent(name: string): Promise<{ id: string }> {
  return team.admin.caller.agent.create({ name, webhookUrl: server.api.webhook.url });
}

function login(): string[] {
  return ['--url', server.url, '--email', team.user.email];
}

function chat(message: string, ...args: string[]): RunningParley {
  return runInProcess(['chat', ...login(), ...args, message], { password: team.user.password });
}

function startChat(message: string): ParleyProcess {
  return startParley(['chat', ...login(), message], { password: team.user.password });
}

/** Expects this exit code, and one line on stderr that contains these texts. */
async function expectFailure(parley: RunningParley, exitCode: number, ...texts: string[]): Promise<void> {
  expect(await parley.exitCode).toBe(exitCode);
  expect(parley.stdout()).toBe('');
  const lines = parley.stderr().trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^parley: /)]);
  for (const text of texts) expect(lines[0]).toContain(text);
}
