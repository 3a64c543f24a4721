// The options of `parley agent create` that choose the text of an answer, against a real server.
import type { TestTeam } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInProcess } from '../run-in-process.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

let server: TestServer;
let team: TestTeam;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  team = await server.api.createTeam();
  const { key } = await team.admin.createApiKey({ scope: 'agents' });
  env = { PARLEY_API_KEY: key, PARLEY_URL: server.url };
});

afterAll(() => server[Symbol.asyncDispose]());

async function parley(...args: string[]) {
  const command = runInProcess(args, { env });
  return { exitCode: await command.exitCode, stdout: command.stdout(), stderr: command.stderr() };
}

async function create(name: string, ...options: string[]) {
  const url = server.api.webhook.url;
  const created = await parley('agent', 'create', name, '--webhook-url', url, '--json', ...options);
  expect(created).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(created.stdout) as object;
}

test('--answer-field makes the text at this path the answer, and no other field', async () => {
  const agent = await create('Field', '--answer-field', 'data.reply');
  expect(agent).toMatchObject({ answerField: 'data.reply', answerNodes: [] });
  server.api.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ text: 'a category', data: { reply: 'Your bill is paid.' } }));
  });
  const tested = await parley('agent', 'test', 'Field');
  expect(tested.exitCode).toBe(0);
  expect(tested.stdout).toContain('answer (18 characters): Your bill is paid.\n');
});

test('--answer-node, given for each node, makes the texts of these nodes the answer', async () => {
  const agent = await create('Nodes', '--answer-node', 'Writer', '--answer-node', 'Second writer');
  expect(agent).toMatchObject({ answerField: null, answerNodes: ['Writer', 'Second writer'] });
  const node = (nodeName: string, content: string) =>
    ['begin', 'item', 'end']
      .map((type) => JSON.stringify({ type, content, metadata: { nodeId: nodeName, nodeName } }))
      .join('\n');
  server.api.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      [node('Classifier', 'billing'), node('Writer', 'One.'), node('Second writer', 'Two.')].join('\n'),
    );
  });
  const tested = await parley('agent', 'test', 'Nodes');
  expect(tested.exitCode).toBe(0);
  expect(tested.stdout).toContain('answer (10 characters): One.\n\nTwo.\n');
});

test('a path that is not one is refused with the field', async () => {
  const url = server.api.webhook.url;
  const refused = await parley('agent', 'create', 'X', '--webhook-url', url, '--answer-field', 'data..reply');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('must be a path, such as data.reply');
});
