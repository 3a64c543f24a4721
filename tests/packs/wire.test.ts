// A client one minor version older keeps working (docs/client.md). No registry has older clients, so released/ keeps the
// client of each version: one file that support/keep-client.ts bundled from that version's sources. These tests are what a
// program of that version does, and run against today's server. The first one, 0.1.0, is of the last commit before version
// 0.2.0 began; CHANGELOG.md lists what 0.2.0 broke for it, before this rule.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as client from '@parley/client';
import { beforeAll, describe, expect, inject, test } from 'vitest';

type OlderClient = Pick<
  typeof client,
  'createClient' | 'followRun' | 'getErrorReason' | 'initialRunView' | 'reduceRunEvents' | 'sendMessage'
>;

const folder = new URL('released/', import.meta.url);
const releases = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.js'));
const { url, email, password } = inject('server');

describe.each(releases)('%s', (file) => {
  let older: OlderClient;
  let calls: client.Client;
  let agentId: string;

  beforeAll(async () => {
    older = await import(new URL(file, folder).href);
    calls = older.createClient({ url, cookies: createCookies() });
    await calls.auth.login.mutate({ email, password });
    const { items } = await calls.agent.list.query();
    // 0.1.0 does not know parts (CHANGELOG.md). This demo agent's answers have none.
    const webhooks = await Promise.all(items.map(({ id }) => calls.agent.get.query({ id })));
    agentId = webhooks.find(({ webhookUrl }) => webhookUrl?.endsWith('/demo/sse'))?.id ?? '';
  });

  test('reads the account, the team and the lists', async () => {
    expect(await calls.auth.me.query()).toMatchObject({
      user: { email, role: 'admin' },
      team: { slug: 'demo' },
    });
    expect(await calls.team.get.query()).toMatchObject({ slug: 'demo', createdAt: expect.any(String) });
    expect((await calls.team.members.query()).items).toContainEqual(expect.objectContaining({ email }));
    expect(await calls.agent.get.query({ id: agentId })).toMatchObject({
      id: agentId,
      name: expect.any(String),
    });
    for (const list of [calls.apiKey.list, calls.auth.sessions, calls.admin.errors, calls.admin.audit]) {
      expect(await list.query()).toMatchObject({ items: expect.any(Array) });
    }
  });

  test('streams an answer, which the chat then has', async () => {
    const chat = await calls.chat.create.mutate({ agentId, title: 'Of an older client' });
    let view = older.initialRunView;
    let cursor = '';
    for await (const event of older.sendMessage(calls, { chatId: chat.id, content: 'echo the same words' })) {
      view = older.reduceRunEvents(view, event);
      cursor = event.id;
    }
    expect(view).toMatchObject({ state: 'succeeded', text: expect.stringContaining('the same words') });
    const { messages } = await calls.chat.get.query({ id: chat.id });
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(messages[1]).toMatchObject({ id: view.messageId, content: view.text, status: 'complete' });
    // A cursor that an older client kept.
    const rest = older.followRun(calls, { chatId: chat.id, lastEventId: cursor });
    expect(await Array.fromAsync(rest)).toEqual([]);
  });

  test('stops an answer, renames, finds, exports and deletes a chat', async () => {
    const { id } = await calls.chat.create.mutate({ agentId });
    let view = older.initialRunView;
    for await (const event of older.sendMessage(calls, { chatId: id, content: 'long' })) {
      if (view.text === '' && event.type === 'message') await calls.chat.stop.mutate({ chatId: id });
      view = older.reduceRunEvents(view, event);
    }
    expect(view.state).toBe('canceled');
    await calls.chat.update.mutate({ id, title: 'Zanzibar', isPinned: true });
    expect((await calls.chat.search.query({ query: 'Zanzibar' })).items).not.toEqual([]);
    expect((await calls.chat.export.query({ id, format: 'markdown' })).text).toContain('Zanzibar');
    await calls.chat.delete.mutate({ id });
    const error = await calls.chat.get.query({ id }).catch((cause: unknown) => cause);
    expect(older.getErrorReason(error)).toMatchObject({ reason: 'CHAT_NOT_FOUND' });
  });

  test('creates an agent, changes it and deletes it', async () => {
    const { webhookUrl = '' } = await calls.agent.get.query({ id: agentId });
    const { id } = await calls.agent.create.mutate({ name: 'New', webhookUrl, systemPrompt: 'Be brief.' });
    expect(await calls.agent.update.mutate({ id, name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
    await calls.agent.delete.mutate({ id });
  });

  test('renews its access token', async () => {
    expect(await calls.auth.refresh.mutate()).toMatchObject({ user: { email } });
    expect(await calls.auth.me.query()).toMatchObject({ user: { email } });
  });
});

/** Enough of a cookie jar for one server. */
function createCookies() {
  const jar = new Map<string, string>();
  return {
    getCookieString: () => Promise.resolve(Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ')),
    setCookie(header: string) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      jar.set(name, value);
      return Promise.resolve();
    },
  };
}
