import { randomUUID } from 'node:crypto';
import { streamRunEvents } from '@parley/api/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRemote, type Home, type Remote } from '../start-remote.ts';

let remote: Remote;
let home: Home;
let team: Home['team'];
let parley: Home['parley'];
let logIn: Home['logIn'];
let server: Remote['server'];

beforeAll(async () => {
  remote = await startRemote();
  ({ server } = remote);
});

afterAll(() => remote[Symbol.asyncDispose]());

beforeEach(async () => {
  home = await remote.newHome();
  ({ team, parley, logIn } = home);
});

afterEach(() => home[Symbol.asyncDispose]());

/** A chat with one answer. */
async function createChat(title: string, content: string): Promise<string> {
  const { caller } = team.user;
  const webhookUrl = server.api.webhook.url;
  const [agent] = (await caller.agent.list()).items;
  const { id: agentId } = agent ?? (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl }));
  const { id: chatId } = await caller.chat.create({ agentId, title });
  const { runId } = await caller.chat.send({ chatId, messageId: randomUUID(), content });
  await Array.fromAsync(streamRunEvents(caller, { chatId, runId }));
  return chatId;
}

test('chat list shows the newest chats first, up to --limit, or the archived ones', async () => {
  await logIn(team.user);
  expect((await parley(['chat', 'list'])).stdout).toBe('You have no chats.\n');
  const first = await createChat('First', 'Hi');
  const second = await createChat('Second\nline', 'Hi');
  const listed = await parley(['chat', 'list']);
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
  const [header, ...rows] = listed.stdout.trim().split('\n');
  expect(header).toMatch(/^LAST ACTIVITY +ID +TITLE$/);
  expect(rows.map((row) => row.replace(/^\S+ +/, ''))).toEqual([`${second}  Second line`, `${first}  First`]);
  expect((await parley(['chat', 'list', '--limit', '1', '--json'])).json()).toMatchObject([{ id: second }]);
  await team.user.caller.chat.update({ id: first, isArchived: true });
  expect((await parley(['chat', 'list', '--archived', '--json'])).json()).toMatchObject([{ id: first }]);
  expect(await parley(['chat', 'list', '--limit', '0'])).toMatchObject({ exitCode: 2, stdout: '' });
});

test('chat search finds titles and messages', async () => {
  await logIn(team.user);
  const id = await createChat('Orders', 'Where is my parcel?');
  const found = await parley(['chat', 'search', 'parcel']);
  expect(found.stdout).toMatch(
    new RegExp(`^TIME +CHAT +IN +TEXT\\n\\S+ +${id} +user +Orders: Where is my parcel\\?\\n$`),
  );
  expect((await parley(['chat', 'search', 'orders', '--json'])).json()).toMatchObject([
    { chatId: id, messageId: null, text: 'Orders' },
  ]);
  expect((await parley(['chat', 'search', 'nowhere'])).stdout).toBe('Nothing found.\n');
});

test("chat show prints a chat's messages with their state, and only the user's own chats", async () => {
  await logIn(team.user);
  const id = await createChat('Orders', 'Where is it?');
  const shown = await parley(['chat', 'show', id]);
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shown.stdout).toMatch(
    /^Orders\n\n\[user, \S+\]\nWhere is it\?\n\n\[assistant, \S+\]\nHello from the agent\n$/,
  );
  server.api.webhook.answer((response) => void response.writeHead(500).end());
  await parley(['chat', '--chat', id, 'Again?']);
  expect((await parley(['chat', 'show', id])).stdout).toMatch(/\n\[assistant, \S+, failed\]\n\(.+\)\n$/);
  expect((await parley(['chat', 'show', id, '--json'])).json()).toMatchObject({
    id,
    messages: { length: 4 },
  });
  await logIn(team.admin);
  expect(await parley(['chat', 'show', id])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('(CHAT_NOT_FOUND)'),
  });
});

test('an API key of the scope `read` lists, searches and shows chats, but sends nothing', async () => {
  const id = await createChat('Orders', 'Where?');
  const { key } = await team.user.createApiKey({ scope: 'read' });
  const env = { PARLEY_API_KEY: key, PARLEY_URL: server.url };
  for (const args of [['list'], ['search', 'Where'], ['show', id]]) {
    expect((await parley(['chat', ...args], env)).stdout).toContain('Orders');
  }
  expect((await parley(['chat', '--chat', id, 'Hi'], env)).stderr).toContain('(INSUFFICIENT_SCOPE)');
});

test('a message that is the name of a command is sent with `chat send`', async () => {
  await logIn(team.user);
  await createChat('Orders', 'Hi');
  expect(await parley(['chat', 'send', 'list'])).toMatchObject({ stdout: 'Hello from the agent\n' });
  expect(await parley(['chat', '--agent', 'Agent', 'list'])).toMatchObject({
    stdout: 'Hello from the agent\n',
  });
});
