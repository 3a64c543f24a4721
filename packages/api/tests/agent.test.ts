import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const webhookUrl = 'https://n8n.example.com/webhook/chat';

test('an admin creates, updates and deletes an agent; missing fields of an update stay unchanged', async () => {
  const { admin } = await api.createTeam();
  const { agent } = admin.caller;
  const made = await agent.create({
    name: ' Support ',
    webhookUrl,
    webhookToken: 'token',
    systemPrompt: 'Be kind',
    config: { model: 'x', nested: { list: [1, null, 'two'] } },
  });
  expect(made).toMatchObject({ name: 'Support', webhookUrl, hasWebhookToken: true, isActive: true });
  expect(await agent.get({ id: made.id })).toEqual({ ...made, avatar: null });
  const changed = await agent.update({ id: made.id, name: 'Sales', isActive: false });
  expect(changed).toEqual({ ...made, name: 'Sales', isActive: false, updatedAt: changed.updatedAt });
  await agent.delete({ id: made.id });
  expect(await reasonOf(agent.get({ id: made.id }))).toBe('AGENT_NOT_FOUND');
});

test('a user of the team sees an agent’s name, but not its URL, secrets, prompt and config', async () => {
  const { admin, user } = await api.createTeam();
  const made = await admin.caller.agent.create({
    name: 'A',
    webhookUrl,
    systemPrompt: 'secret',
    config: { key: 1 },
  });
  const seen = await user.caller.agent.get({ id: made.id });
  expect(Object.keys(seen).toSorted()).toEqual([
    'avatar',
    'avatarUrl',
    'createdAt',
    'description',
    'id',
    'isActive',
    'name',
    'updatedAt',
  ]);
  // A list contains the pictures' URLs, not the pictures.
  const { avatar, ...listed } = seen;
  expect(avatar).toBeNull();
  expect((await user.caller.agent.list()).items).toEqual([listed]);
});

test('only admins create, update and delete agents', async () => {
  const { admin, user } = await api.createTeam();
  const { id } = await admin.caller.agent.create({ name: 'A', webhookUrl });
  const { agent } = user.caller;
  const calls = [
    () => agent.create({ name: 'B', webhookUrl }),
    () => agent.update({ id, name: 'B' }),
    () => agent.delete({ id }),
  ];
  for (const call of calls) {
    expect(await reasonOf(call())).toBe('ADMIN_REQUIRED');
  }
  expect(await reasonOf(api.anonymous.agent.list())).toBe('NOT_AUTHENTICATED');
});

test('an agent of another team is refused as a missing one', async () => {
  const [ours, theirs] = [await api.createTeam(), await api.createTeam()];
  const { id: theirsId } = await theirs.admin.caller.agent.create({ name: 'A', webhookUrl });
  const { agent } = ours.admin.caller;
  for (const id of [theirsId, newId()]) {
    const calls = [
      () => agent.get({ id }),
      () => agent.update({ id, name: 'X' }),
      () => agent.delete({ id }),
    ];
    for (const call of calls) {
      expect(await reasonOf(call())).toBe('AGENT_NOT_FOUND');
    }
  }
  expect((await agent.list()).items).toEqual([]);
  expect((await theirs.admin.caller.agent.get({ id: theirsId })).name).toBe('A');
});

test('agent.list has each agent on one page, newest first', async () => {
  const { admin } = await api.createTeam();
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    made.unshift((await admin.caller.agent.create({ name: `A${index}`, webhookUrl })).id);
  }
  const listed: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await admin.caller.agent.list({ limit: 3, cursor });
    listed.push(...page.items.map((agent) => agent.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(listed).toEqual(made);
  expect(await reasonOf(admin.caller.agent.list({ cursor: 'broken' }))).toBe('INVALID_CURSOR');
});

test('a page of agent.list is at most a megabyte and one agent long', async () => {
  const { admin } = await api.createTeam();
  const systemPrompt = 'é'.repeat(100_000);
  for (let index = 0; index < 7; index += 1)
    await admin.caller.agent.create({ name: `A${index}`, webhookUrl, systemPrompt });
  const first = await admin.caller.agent.list({});
  const second = await admin.caller.agent.list({ cursor: first.nextCursor });
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([5, 2, null]);
});
