import type { TestTeam, TestUser } from '@parley/api/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startParley, type Parley } from './start-parley.ts';
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

test('the answer goes to stdout, a newline after it, and all else to stderr', async () => {
  const parley = chat('Hi');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toBe('Hello from the agent\n');
  expect(parley.stderr().split('\n')).toEqual([
    expect.stringMatching(/^Support, in a new chat\. To go on with it: --chat [0-9a-f-]{36}$/),
    'Sending request...',
    '',
  ]);
  const { items } = await team.user.caller.chat.list();
  expect(items).toMatchObject([{ title: 'Hi' }]);
});

test('each token is printed as it comes', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = chat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  gate.resolve();
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toBe('First rest\n');
});

test('no session is left behind', async () => {
  const sessionsOf = (user: TestUser) =>
    server.api.db.selectFrom('sessions').selectAll().where('user_id', '=', user.id).execute();
  const before = await sessionsOf(team.user);
  expect(await chat('Hi').exitCode).toBe(0);
  expect(await sessionsOf(team.user)).toEqual(before);
});

test('--chat goes on with a chat, and the agent is sent what was said before', async () => {
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

test('an agent is chosen by its name, in any case', async () => {
  await createAgent('Sales');
  const parley = chat('Hi', '--agent', 'sALES');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).toContain('Sales, in a new chat.');
});

test('a name that no agent has is answered with the names there are', async () => {
  await createAgent('Sales');
  await expectFailure(
    chat('Hi', '--agent', 'Nobody'),
    2,
    'There is no agent "Nobody". Choose from: Sales, Support.',
  );
});

test('without --agent, an agent that is switched off is passed over', async () => {
  const { id } = await createAgent('Newest');
  await team.admin.caller.agent.update({ id, isActive: false });
  const parley = chat('Hi');
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).toContain('Support, in a new chat.');
  await expectFailure(chat('Hi', '--agent', 'Newest'), 1, 'This agent is switched off.', '(AGENT_INACTIVE)');
});

test('the message comes from stdin for -', async () => {
  const parley = run(['chat', ...login(), '-'], {
    stdin: 'Line one\nLine two\n',
    password: team.user.password,
  });
  expect(await parley.exitCode).toBe(0);
  const { items } = await team.user.caller.chat.list();
  const { messages } = await team.user.caller.chat.get({ id: items[0]?.id ?? '' });
  expect(messages[0]?.content).toBe('Line one\nLine two');
  expect(items[0]?.title).toBe('Line one Line two');
});

test('--json prints every event as a line', async () => {
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

test('a failure of the agent keeps what was printed, says why, and is a failure of the command', async () => {
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
  ['goes on from the log', undefined],
  ['comes anew, where the log is gone', 0],
])(
  'a connection that is lost comes back, and the answer %s: it is printed once',
  async (_what, logRetentionMs) => {
    await using other = await startTestServer(logRetentionMs === undefined ? {} : { logRetentionMs });
    const { admin, user } = await other.api.createTeam();
    await admin.caller.agent.create({ name: 'Agent', webhookUrl: other.api.webhook.url });
    const gate = Promise.withResolvers<void>();
    other.api.webhook.answerTokens(['Before', ' and', ' after'], () => gate.promise);

    const parley = run(['chat', '--url', other.url, '--email', user.email, 'Hi'], {
      password: user.password,
    });
    await vi.waitFor(() => expect(parley.stdout()).toBe('Before'), 10_000);
    other.cutConnections();
    gate.resolve();
    expect(await parley.exitCode).toBe(0);
    expect(parley.stdout()).toBe('Before and after\n');
    expect(parley.stderr()).toContain('The connection is lost.');
    expect(parley.stderr()).toContain('The connection is back.');
  },
);

test('Ctrl-C ends it at once with 130, and the answer goes on', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = chat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  const stoppedMs = performance.now();
  parley.kill('SIGINT');
  expect(await parley.exitCode).toBe(130);
  expect(performance.now() - stoppedMs).toBeLessThan(1_000);
  expect(parley.stderr()).toMatch(/The answer goes on on the server, in chat \S+\.\n$/);
  await vi.waitFor(() => expect(server.openStreams).toBe(0));

  gate.resolve();
  const { items } = await team.user.caller.chat.list();
  await vi.waitFor(async () => {
    const { messages } = await team.user.caller.chat.get({ id: items[0]?.id ?? '' });
    expect(messages[1]).toMatchObject({ content: 'First rest', status: 'complete' });
  });
});

test('a reader that leaves is no failure', async () => {
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['First', ' rest'], () => gate.promise);
  const parley = chat('Hi');
  await vi.waitFor(() => expect(parley.stdout()).toBe('First'), 10_000);
  parley.closeStdout();
  gate.resolve();
  expect(await parley.exitCode).toBe(0);
  expect(parley.stderr()).not.toContain('Error');
});

test('a wrong password is one line', async () => {
  const parley = run(['chat', ...login(), 'Hi'], { password: 'wrong' });
  await expectFailure(parley, 3, 'The email or the password is wrong. (INVALID_CREDENTIALS)');
});

test('without a password and without a terminal to ask on, it says how to give one', async () => {
  await expectFailure(run(['chat', ...login(), 'Hi']), 2, 'set PARLEY_PASSWORD');
});

test('a login that fits several teams is answered with their slugs', async () => {
  const other = await server.api.createTeam();
  const user = await other.createUser({ email: team.user.email });
  const { password } = user;
  const parley = run(['chat', ...login(), 'Hi'], { password });
  await expectFailure(parley, 2, 'Name one with --team:', team.slug, other.slug);
  expect(await run(['chat', ...login(), '--team', team.slug, 'Hi'], { password }).exitCode).toBe(0);
});

test('where no server can be reached, it says why', async () => {
  const other = await startTestServer();
  await other[Symbol.asyncDispose]();
  const parley = run(['chat', '--url', other.url, '--email', 'a@example.com', 'Hi'], { password: 'any' });
  await expectFailure(parley, 4, `Cannot reach ${other.url}: nothing listens there.`);
  const blocked = ['chat', '--url', 'http://127.0.0.1:1', '--email', 'a@example.com', 'Hi'];
  await expectFailure(run(blocked, { password: 'any' }), 4, 'Cannot reach http://127.0.0.1:1: bad port.');
});

test('an address of something else, or none, is named', async () => {
  const args = ['--email', 'a@example.com', 'Hi'];
  const webhook = server.api.webhook.url;
  await expectFailure(
    run(['chat', '--url', webhook, ...args], { password: 'any' }),
    4,
    `${webhook} does not answer as a Parley server does.`,
  );
  await expectFailure(
    run(['chat', '--url', 'localhost', ...args], { password: 'any' }),
    2,
    'such as http://127.0.0.1:8000',
  );
});

test('a chat that is not there, and a message that is empty, are refused', async () => {
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

function chat(message: string, ...args: string[]): Parley {
  return run(['chat', ...login(), ...args, message], { password: team.user.password });
}

function run(...args: Parameters<typeof startParley>): Parley {
  return startParley(...args);
}

/** An exit code, and one line on stderr that holds these texts. */
async function expectFailure(parley: Parley, exitCode: number, ...texts: string[]): Promise<void> {
  expect(await parley.exitCode).toBe(exitCode);
  expect(parley.stdout()).toBe('');
  const lines = parley.stderr().trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^parley: /)]);
  for (const text of texts) expect(lines[0]).toContain(text);
}
