import { readdir, readFile, writeFile } from 'node:fs/promises';
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

test('export writes the same Markdown or JSON to stdout and to a file', async () => {
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

test('export joins the pieces of a long chat, and reports progress', async () => {
  await logIn(team.user);
  const id = await createChat(300, 'x'.repeat(5_000));
  const file = path.join(dir, 'chat.json');
  const exported = await parley(['export', id, '--json', '--output', file]);
  expect(exported.exitCode).toBe(0);
  expect(exported.json()).toEqual({ file });
  expect(exported.stderr).toMatch(/^[\d,]+ characters so far\.$/m);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ messages: { length: 600 } });
});

test('export a failed export leaves the file as it was, and no other file', async () => {
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
