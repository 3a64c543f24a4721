import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRemote, type Home, type Remote } from '../start-remote.ts';

let remote: Remote;
let home: Home;
let team: Home['team'];
let parley: Home['parley'];
let logIn: Home['logIn'];
let dir: Home['dir'];
let server: Remote['server'];

beforeAll(async () => {
  remote = await startRemote();
  ({ server } = remote);
});

afterAll(() => remote[Symbol.asyncDispose]());

beforeEach(async () => {
  home = await remote.newHome();
  ({ team, parley, logIn, dir } = home);
});

afterEach(() => home[Symbol.asyncDispose]());

test('agent create, list and test read secrets from the environment and do not print them', async () => {
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

test('agent create is refused to users, and names invalid input', async () => {
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

test('agent update changes what is given and keeps the rest, and replaces or removes secrets', async () => {
  await logIn();
  const webhookUrl = server.api.webhook.url;
  const { id } = await team.admin.caller.agent.create({ name: 'Old', description: 'Kept', webhookUrl });
  const secret = { PARLEY_WEBHOOK_TOKEN: 'hidden-token' };
  const updated = await parley(['agent', 'update', 'old', '--name', 'New', '--state', 'off'], secret);
  expect(updated).toMatchObject({ exitCode: 0, stdout: `Updated the agent New (${id}).\n`, stderr: '' });
  const agent = () => team.admin.caller.agent.get({ id });
  expect(await agent()).toMatchObject({
    ...{ name: 'New', description: 'Kept', isActive: false, hasWebhookToken: true },
  });
  const moved = await parley(['agent', 'update', id, '--webhook-url', `${webhookUrl}new`, '--json']);
  expect(moved.json()).toMatchObject({ webhookUrl: `${webhookUrl}new`, hasWebhookToken: false });
  expect(moved.stderr).toContain('were removed with the old URL');
  await parley(['agent', 'update', id, '--state', 'active'], secret);
  await parley(['agent', 'update', id, '--remove-webhook-token']);
  expect(await agent()).toMatchObject({ isActive: true, hasWebhookToken: false });
});

test('agent update without a change, and of an agent that is not the only one of its name, is refused', async () => {
  await logIn();
  const webhookUrl = server.api.webhook.url;
  const create = () => team.admin.caller.agent.create({ name: 'Twin', webhookUrl });
  const twins = [await create(), await create()];
  const nothing = await parley(['agent', 'update', 'Twin']);
  expect(nothing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(nothing.stderr).toContain('nothing to change');
  for (const args of [
    ['update', 'twin', '--name', 'X'],
    ['delete', 'Twin'],
  ]) {
    const refused = await parley(['agent', ...args]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    for (const { id } of twins) expect(refused.stderr).toContain(id);
  }
});

test('agent delete removes an agent, and is refused to users', async () => {
  const webhookUrl = server.api.webhook.url;
  const { id } = await team.admin.caller.agent.create({ name: 'Support', webhookUrl });
  await logIn(team.user);
  expect(await parley(['agent', 'delete', 'Support'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('(ADMIN_REQUIRED)'),
  });
  await logIn();
  expect((await parley(['agent', 'delete', 'Support', '--json'])).json()).toEqual({ id, name: 'Support' });
  expect((await parley(['agent', 'list'])).stdout).toBe('The team has no agents.\n');
});
