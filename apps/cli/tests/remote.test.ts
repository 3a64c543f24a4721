// The stored login and the commands that use it, against a real server. docs.test.ts runs them as processes.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestTeam } from '@parley/api/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runInProcess } from './run-in-process.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

let server: TestServer;
let team: TestTeam;
let dir: string;
let sessionFile: string;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  team = await server.api.createTeam();
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-cli-'));
  sessionFile = path.join(dir, 'config', 'session.json');
  server.api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
  return () => rm(dir, { recursive: true });
});

async function parley(args: string[], env: Record<string, string> = {}) {
  const command = runInProcess(args, { env: { PARLEY_SESSION_FILE: sessionFile, ...env } });
  const exitCode = await command.exitCode;
  const stdout = command.stdout();
  return { exitCode, stdout, stderr: command.stderr(), json: () => JSON.parse(stdout) as unknown };
}

function logIn(user = team.admin, ...args: string[]) {
  return parley(['login', '--url', server.url, '--email', user.email, ...args], {
    PARLEY_PASSWORD: user.password,
  });
}

function sessionsOf({ id }: { id: string }) {
  return server.api.db
    .selectFrom('sessions')
    .select(['id', 'expiresAt'])
    .where('userId', '=', id)
    .where('userAgent', 'is distinct from', 'test')
    .execute();
}

describe('login', () => {
  test('stores a session without the password in a private file; logout ends it and removes the file', async () => {
    const login = await logIn();
    expect(login).toMatchObject({ exitCode: 0, stderr: '' });
    expect(login.stdout).toBe(
      `Logged in to ${server.url} as ${team.admin.email} (team: ${team.slug}, role: admin).\n`,
    );
    expect((await stat(sessionFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(sessionFile))).mode & 0o777).toBe(0o700);
    expect(await readFile(sessionFile, 'utf8')).not.toContain(team.admin.password);
    expect(await sessionsOf(team.admin)).toHaveLength(1);

    expect(await parley(['logout'])).toMatchObject({ exitCode: 0, stdout: 'Logged out.\n' });
    expect(await sessionsOf(team.admin)).toEqual([]);
    await expect(stat(sessionFile)).rejects.toThrow('ENOENT');
    expect(await parley(['agent', 'list'])).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await parley(['logout', '--json'])).json()).toEqual({ wasLoggedIn: false });
  });

  test('a second login ends and replaces the first session', async () => {
    await logIn();
    const [first] = await sessionsOf(team.admin);
    const again = await logIn(team.admin, '--json');
    expect(again.json()).toMatchObject({
      url: server.url,
      user: { email: team.admin.email },
      team: { slug: team.slug },
    });
    const sessions = await sessionsOf(team.admin);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.id).not.toBe(first?.id);
  });

  test('an expired access token is renewed and stored', async () => {
    await logIn();
    const file = await readFile(sessionFile, 'utf8');
    // Looks signed by a key that no longer exists.
    const stale = file.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/, 'eyJhbGciOiJIUzI1NiJ9.e30.AA');
    expect(stale).not.toBe(file);
    await writeFile(sessionFile, stale);
    expect(await parley(['agent', 'list'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(sessionFile, 'utf8')).not.toContain('.e30.AA');
    expect((await stat(sessionFile)).mode & 0o777).toBe(0o600);
  });

  test('an expired session is reported as SESSION_EXPIRED, with the command to log in', async () => {
    await logIn();
    await server.api.db.deleteFrom('sessions').where('userId', '=', team.admin.id).execute();
    const ended = await parley(['agent', 'list', '--json']);
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    expect(JSON.parse(ended.stderr)).toEqual({
      error: { reason: 'SESSION_EXPIRED', message: expect.stringContaining('parley login') },
    });
  });

  test('a session file that is readable by others, damaged or for another server is refused', async () => {
    await logIn();
    await chmod(sessionFile, 0o644);
    const readable = await parley(['agent', 'list']);
    expect(readable).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readable.stderr).toContain(`chmod 600 ${sessionFile}`);
    await chmod(sessionFile, 0o600);
    const elsewhere = await parley(['agent', 'list', '--url', 'https://chat.example.com']);
    expect(elsewhere).toMatchObject({ exitCode: 3, stdout: '' });
    expect(elsewhere.stderr).toContain(
      `You are logged in to ${server.url}, not to https://chat.example.com.`,
    );
    expect(await parley(['agent', 'list'], { PARLEY_URL: `${server.url}/` })).toMatchObject({ exitCode: 0 });
    await writeFile(sessionFile, '{"url":', { mode: 0o600 });
    const damaged = await parley(['agent', 'list']);
    expect(damaged).toMatchObject({ exitCode: 3, stdout: '' });
    expect(damaged.stderr).toContain('is damaged. Log in again');
  });

  test('a wrong password stores nothing', async () => {
    const refused = await logIn({ ...team.admin, password: 'wrong' });
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    await expect(stat(sessionFile)).rejects.toThrow('ENOENT');
  });
});

describe('an API key', () => {
  test('works without a login, until it is revoked', async () => {
    const { id, key } = await team.user.createApiKey();
    const env = { PARLEY_API_KEY: key, PARLEY_URL: server.url };
    expect(await parley(['agent', 'list'], env)).toMatchObject({
      exitCode: 0,
      stdout: 'The team has no agents.\n',
    });
    await team.user.caller.apiKey.revoke({ id });
    const refused = await parley(['agent', 'list'], env);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain('(INVALID_API_KEY)');
    expect(refused.stderr).not.toContain(key);
  });
});

describe('agent', () => {
  test('create, list and test read secrets from the environment and do not print them', async () => {
    await logIn();
    const prompt = path.join(dir, 'prompt.txt');
    await writeFile(prompt, 'You are kind.');
    const secrets = {
      PARLEY_WEBHOOK_TOKEN: 'hidden-token',
      PARLEY_SIGNING_SECRET: `whsec_${'a'.repeat(32)}`,
    };
    const created = await parley(
      [
        ...['agent', 'create', 'Support', '--webhook-url', server.api.webhook.url, '--json'],
        ...['--description', 'Helps', '--system-prompt-file', prompt, '--config', '{"a":1}'],
        ...['--auth', 'header', '--auth-header', 'X-API-Key'],
      ],
      secrets,
    );
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    expect(created.json()).toMatchObject({
      ...{ name: 'Support', description: 'Helps', systemPrompt: 'You are kind.', config: { a: 1 } },
      ...{ hasWebhookToken: true, hasSigningSecret: true },
      ...{ auth: 'header', authHeader: 'X-API-Key' },
    });
    expect(created.stdout).not.toContain('hidden-token');

    const { id } = created.json() as { id: string };
    expect((await parley(['agent', 'list'])).stdout).toBe(`NAME     STATE   ID\nSupport  active  ${id}\n`);
    expect((await parley(['agent', 'list', '--json'])).json()).toMatchObject([{ id, name: 'Support' }]);

    const tested = await parley(['agent', 'test', 'support', '--message', 'Are you there?']);
    expect(tested.exitCode).toBe(0);
    expect(tested.stderr).toContain('Calling Support.');
    expect(tested.stdout).toMatch(/^ok: The agent streams server-sent events\./);
    expect(tested.stdout).toContain('answer (20 characters): Hello from the agent\n');
    expect(server.api.webhook.requests.at(-1)).toMatchObject({
      headers: { 'x-api-key': 'hidden-token' },
      body: { chatInput: 'Are you there?' },
    });
  });

  test('agent test fails with the reason of the agent', async () => {
    await logIn();
    const { id } = await team.admin.caller.agent.create({
      name: 'Agent',
      webhookUrl: server.api.webhook.url,
    });
    server.api.webhook.answer((response) => void response.writeHead(404).end());
    const failed = await parley(['agent', 'test', id, '--json']);
    expect(failed.exitCode).toBe(1);
    expect(failed.json()).toMatchObject({
      isOk: false,
      status: 404,
      error: { reason: 'AGENT_NOT_REGISTERED' },
    });
    const text = await parley(['agent', 'test', id]);
    expect(text).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^failed: /) });
  });

  test('create is refused to users, and names invalid input', async () => {
    await logIn(team.user);
    const create = (...args: string[]) => parley(['agent', 'create', 'Agent', '--webhook-url', ...args]);
    const refused = await create('https://n8n.example.com/');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('(ADMIN_REQUIRED)');
    await logIn(team.admin);
    for (const [args, problem] of [
      [['nowhere'], 'must be a URL'],
      [['https://n8n.example.com/', '--config', '[1]'], '--config must be a JSON object'],
      [['https://n8n.example.com/', '--system-prompt-file', '/nonexistent'], 'Cannot read /nonexistent'],
      [['https://n8n.example.com/', '--protocol', 'smtp'], 'Allowed choices are webhook, openai'],
    ] as const) {
      const wrong = await create(...args);
      expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
      expect(wrong.stderr).toContain(problem);
    }
    const unknown = await parley(['agent', 'test', 'Nobody']);
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unknown.stderr).toContain('There is no agent "Nobody". Your team has none.');
  });
});

describe('chat', () => {
  test('uses the stored login, and keeps it', async () => {
    await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: server.api.webhook.url });
    await logIn(team.user);
    const before = await sessionsOf(team.user);
    expect(await parley(['chat', 'Hi'])).toMatchObject({ exitCode: 0, stdout: 'Hello from the agent\n' });
    expect(await sessionsOf(team.user)).toEqual(before);
  });
});

describe('export', () => {
  /** A chat of this many messages and as many answers. */
  async function createChat(turns: number, content = 'Hi'): Promise<string> {
    const { admin, user } = team;
    const agent = await admin.caller.agent.create({ name: 'Agent', webhookUrl: server.api.webhook.url });
    const chat = await user.caller.chat.create({ agentId: agent.id, title: 'Questions' });
    const messages = Array.from({ length: 2 * turns }, (_, index) => ({
      ...{
        teamId: team.id,
        id: crypto.randomUUID(),
        chatId: chat.id,
        seq: index + 1,
        status: 'complete' as const,
      },
      ...(index % 2 === 0
        ? { role: 'user' as const, content }
        : { role: 'assistant' as const, content: `Answer ${index}` }),
    }));
    await server.api.db.insertInto('messages').values(messages).execute();
    return chat.id;
  }

  test('writes the same Markdown or JSON to stdout and to a file', async () => {
    await logIn(team.user);
    const id = await createChat(1);
    const markdown = await parley(['export', id]);
    expect(markdown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(markdown.stdout).toMatch(/^# Questions\n\n## User, .*\n\nHi\n\n## Assistant, .*\n\nAnswer 1\n$/);
    const file = path.join(dir, 'chat.md');
    expect(await parley(['export', id, '--output', file])).toMatchObject({
      ...{ exitCode: 0, stdout: `Wrote ${file}.\n`, stderr: '' },
    });
    expect(await readFile(file, 'utf8')).toBe(markdown.stdout);
    for (const args of [['--json'], ['--format', 'json']])
      expect((await parley(['export', id, ...args])).json()).toMatchObject({
        chat: { id, title: 'Questions' },
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Answer 1' },
        ],
      });
  });

  test('joins the pieces of a long chat, and reports progress', async () => {
    await logIn(team.user);
    const id = await createChat(300, 'x'.repeat(5_000));
    const file = path.join(dir, 'chat.json');
    const exported = await parley(['export', id, '--json', '--output', file]);
    expect(exported.exitCode).toBe(0);
    expect(exported.json()).toEqual({ file });
    expect(exported.stderr).toMatch(/^[\d,]+ characters so far\.$/m);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ messages: { length: 600 } });
  });

  test('a failed export leaves the file as it was, and no other file', async () => {
    await logIn(team.user);
    const file = path.join(dir, 'chat.md');
    await writeFile(file, 'before');
    const missing = await parley(['export', crypto.randomUUID(), '--output', file]);
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toContain('(CHAT_NOT_FOUND)');
    expect(await readFile(file, 'utf8')).toBe('before');
    expect((await readdir(dir)).toSorted()).toEqual(['chat.md', 'config']);
    const unwritable = await parley(['export', crypto.randomUUID(), '--output', path.join(dir, 'none', 'x')]);
    expect(unwritable).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('every command', () => {
  const commands = [
    ...[
      [],
      ['login'],
      ['logout'],
      ['agent'],
      ['agent', 'list'],
      ['agent', 'create'],
      ['agent', 'test'],
      ['chat'],
      ['export'],
    ],
    ...[['team'], ['team', 'create'], ['team', 'list'], ['user'], ['user', 'set-role'], ['user', 'disable']],
    ...[['user', 'enable'], ['user', 'invite'], ['migrate'], ['rotate-key'], ['doctor']],
  ];

  test('has help with exit code 0, and --json', async () => {
    const helps = await Promise.all(commands.map((command) => parley([...command, '--help'])));
    for (const [index, help] of helps.entries()) {
      const name = ['parley', ...(commands[index] ?? [])].join(' ');
      expect(help, name).toMatchObject({ exitCode: 0, stderr: '' });
      expect(help.stdout).toMatch(new RegExp(`^Usage: ${name} `));
      const isGroup = help.stdout.includes('[command]');
      expect(isGroup || help.stdout.includes('--json'), name).toBe(true);
    }
  });

  test('a mistyped command is refused with a suggestion', async () => {
    const mistyped = await parley(['agnet', 'list']);
    expect(mistyped).toMatchObject({ exitCode: 2, stdout: '' });
    expect(mistyped.stderr).toContain('(Did you mean agent?)');
  });
});
