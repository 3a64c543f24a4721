import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestTeam, type TestUser } from '../src/testing/index.ts';
import { nextStepMessages, searchChats } from '../src/chat/search-chats.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let team: TestTeam;
let agentId: string;
let chatId: string;

const texts = [
  'The quick brown fox jumps over the lazy dog',
  'Die Straße nach Zürich ist LANG',
  '日本語の全文検索をする',
  'привет, мир: Поиск',
  "100% of a_b costs $5 -- '; drop table messages; --",
  'quick answers are not always brown',
];

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
  chatId = await fill(team.user, 'Travel plans', texts);
});

afterAll(() => api[Symbol.asyncDispose]());

async function fill(user: TestUser, title: string, contents: string[]): Promise<string> {
  const { id } = await user.caller.chat.create({ agentId, title });
  await api.db
    .insertInto('messages')
    .values(
      contents.map((content, index) => ({
        teamId: user.teamId,
        id: `01935e6e-0000-7000-8000-${id.slice(-6)}${String(index).padStart(6, '0')}`,
        chatId: id,
        seq: index + 1,
        role: 'user',
        content,
        status: 'complete',
        createdAt: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
      })),
    )
    .execute();
  await api.db.updateTable('chats').set({ lastSeq: contents.length }).where('id', '=', id).execute();
  return id;
}

async function find(query: string, user = team.user): Promise<string[]> {
  return (await user.caller.chat.search({ query })).items.map(({ text }) => text);
}

test('a hit contains all words, in any case and language, and also inside longer words', async () => {
  expect(await find('QUICK brown')).toEqual([texts[5], texts[0]]);
  expect(await find('zürich straße')).toEqual([texts[1]]);
  expect(await find('全文検索')).toEqual([texts[2]]);
  expect(await find('ПРИВЕТ поиск')).toEqual([texts[3]]);
  expect(await find('jump')).toEqual([texts[0]]);
  expect(await find('quick unicorn')).toEqual([]);
});

test('a phrase matches literally, and a word after a minus is excluded', async () => {
  expect(await find('"quick brown"')).toEqual([texts[0]]);
  expect(await find('quick -fox')).toEqual([texts[5]]);
  expect(await find('brown -"lazy dog"')).toEqual([texts[5]]);
  expect(await reasonOf(team.user.caller.chat.search({ query: '-fox' }))).toBe('INVALID_SEARCH');
  expect(await reasonOf(team.user.caller.chat.search({ query: '""' }))).toBe('INVALID_SEARCH');
});

test('a word is found in any of its canonically equivalent forms, in messages and titles', async () => {
  const user = await team.createUser();
  // The Vietnamese keyboard of Windows produces `ê` with a combining accent, which is neither NFC nor NFD.
  const forms = {
    nfc: 'Ti\u1ebfng Vi\u1ec7t',
    nfd: 'Tie\u0302\u0301ng Vie\u0323\u0302t',
    mixed: 'Ti\u00ea\u0301ng Vi\u1ec7t',
  };
  const before = 'e\u0301 '.repeat(200);
  await fill(
    user,
    `Chat in ${forms.nfd}`,
    Object.values(forms).map((form) => `${before}${form} 한글 %`),
  );
  for (const form of Object.values(forms)) {
    for (const query of [form, form.toUpperCase(), `"${form}"`]) {
      const { items } = await user.caller.chat.search({ query });
      expect(items).toHaveLength(4);
      for (const { text, matches } of items) {
        expect(matches.map(({ start, end }) => text.slice(start, end)).join(' ')).toBe(forms.nfc);
        expect(text.length).toBeLessThanOrEqual(240);
      }
    }
    expect(await find(`한글 -"${form}"`, user)).toEqual([]);
  }
  expect(await find('한글'.normalize('NFD'), user)).toHaveLength(3);
  expect(await find('Tieng', user)).toEqual([]);
  const [found] = await find('%', user);
  expect(found).toBe(found?.normalize('NFC'));
});

test('no text in a query is an operator for the database', async () => {
  expect(await find('100%')).toEqual([texts[4]]);
  expect(await find('a_b')).toEqual([texts[4]]);
  expect(await find("'; drop table messages;")).toEqual([texts[4]]);
  const meaningless = [
    '%',
    '_',
    '\\',
    '%%%',
    "' or 1=1",
    '(((',
    '[a-z]+',
    '.*',
    '*:',
    '!&|',
    '\u{1F600}',
    '$1',
  ];
  for (const query of meaningless) expect(await find(query, team.admin), query).toEqual([]);
  expect(await find('.*')).toEqual([]);
  expect(await reasonOf(team.user.caller.chat.search({ query: '"' }))).toBe('INVALID_SEARCH');
});

test('a hit has the ranges of the words in the text around the first of them', async () => {
  const long = `${'x '.repeat(2000)}needle and <b>NEEDLE</b>${' y'.repeat(2000)}`;
  const user = await team.createUser();
  const id = await fill(user, 'Haystack', [long]);
  const { items } = await user.caller.chat.search({ query: 'needle' });
  const [hit] = items;
  expect(hit).toMatchObject({ chatId: id, chatTitle: 'Haystack', role: 'user' });
  expect(hit?.text.length).toBeLessThanOrEqual(240);
  expect(hit?.matches.map(({ start, end }) => hit.text.slice(start, end))).toEqual(['needle', 'NEEDLE']);
});

test('titles are searched as well', async () => {
  const { items } = await team.user.caller.chat.search({ query: 'travel' });
  expect(items).toEqual([
    expect.objectContaining({
      chatId,
      messageId: null,
      role: null,
      text: 'Travel plans',
      matches: [{ start: 0, end: 6 }],
    }),
  ]);
});

async function findAll(user: TestUser, query: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await user.caller.chat.search({ query, limit, cursor });
    found.push(...page.items.map(({ text }) => text));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

test('pages of any size contain each hit once: chat by chat, the title first, then messages from the newest on', async () => {
  const user = await team.createUser();
  const numbered = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `hit ${name}${index}`);
  const older = await fill(user, 'A title without one', numbered('a', 9));
  const newer = await fill(user, 'A hit of a title', numbered('b', 14));
  await fill(user, 'Nothing', ['of', 'interest']);
  for (const [id, hour] of [
    [older, 1],
    [newer, 2],
  ] as const) {
    const lastActivityAt = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
    await api.db.updateTable('chats').set({ lastActivityAt }).where('id', '=', id).execute();
  }
  const expected = ['A hit of a title', ...numbered('b', 14).toReversed(), ...numbered('a', 9).toReversed()];
  for (const limit of [1, 7, 15, 24, 25, 100])
    expect(await findAll(user, 'hit', limit), `${limit}`).toEqual(expected);
  for (const cursor of ['bad', Buffer.from('{"chatId":1}').toString('base64url')])
    expect(await reasonOf(user.caller.chat.search({ query: 'hit', cursor }))).toBe('INVALID_CURSOR');
});

test('a page ends after a bounded number of messages, and the next one continues there', async () => {
  const user = await team.createUser();
  for (let index = 0; index < 12; index++) await fill(user, `Chat ${index}`, ['nothing', 'of', 'interest']);
  await api.db
    .updateTable('messages')
    .set({ content: 'the needle' })
    .where('seq', '=', 2)
    .where('chatId', 'in', (eb) => eb.selectFrom('chats').select('id').where('title', '=', 'Chat 0'))
    .execute();
  const found: string[] = [];
  let pages = 0;
  let cursor: string | null | undefined;
  do {
    const page = await searchChats(api, user, { query: 'needle', limit: 10, cursor }, { maxMessages: 10 });
    found.push(...page.items.map(({ text }) => text));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null);
  expect(found).toEqual(['the needle']);
  expect(pages).toBe(3);
});

test('a search reads more messages in a step while steps are fast, and fewer after a slow one', () => {
  expect(nextStepMessages(1_000, 1)).toBe(4_000);
  expect(nextStepMessages(4_000, 100)).toBe(4_000);
  expect(nextStepMessages(20_000, 200)).toBe(10_000);
  expect(nextStepMessages(20_000, 1)).toBe(20_000);
  expect(nextStepMessages(1_000, 5_000)).toBe(2_000);
});

test('a search stops when its client disconnects', async () => {
  const left = searchChats(
    api,
    team.user,
    { query: 'quick', limit: 10, cursor: null },
    { signal: AbortSignal.abort() },
  );
  await expect(left).rejects.toThrow('aborted');
});

test('a search finds nothing in chats of other users, of the same team or another', async () => {
  const other = await api.createTeam();
  for (const stranger of [team.admin, await team.createUser(), other.user, other.admin]) {
    expect(await find('quick', stranger)).toEqual([]);
    expect(await find('travel', stranger)).toEqual([]);
  }
});

async function exportWhole(user: TestUser, id: string, format: 'markdown' | 'json'): Promise<string[]> {
  const pieces: string[] = [];
  let cursor: string | null | undefined;
  do {
    const piece = await user.caller.chat.export({ id, format, cursor });
    pieces.push(piece.text);
    cursor = piece.nextCursor;
  } while (cursor !== null);
  return pieces;
}

test('the pieces of an export are together the whole conversation', async () => {
  const user = await team.createUser();
  const contents = Array.from({ length: 450 }, (_, index) => `message "${index}"\n# not a heading of ours`);
  const id = await fill(user, 'To\nkeep', contents);
  const pieces = await exportWhole(user, id, 'json');
  expect(pieces).toHaveLength(3);
  const json = JSON.parse(pieces.join('')) as { chat: { id: string }; messages: { content: string }[] };
  expect(json.chat.id).toBe(id);
  expect(json.messages.map(({ content }) => content)).toEqual(contents);
  const markdown = (await exportWhole(user, id, 'markdown')).join('');
  expect(markdown.startsWith('# To keep\n\n## User, 2026-01-01T00:00:00.000Z\n\nmessage "0"')).toBe(true);
  expect(markdown.match(/^## User, /gm)).toHaveLength(450);
  expect(await reasonOf(team.user.caller.chat.export({ id }))).toBe('CHAT_NOT_FOUND');
});

test('a piece of an export is at most a megabyte and one message long', async () => {
  const user = await team.createUser();
  const contents = Array.from({ length: 12 }, (_, index) => String(index % 10).repeat(400_000));
  const id = await fill(user, 'Long', contents);
  const pieces = await exportWhole(user, id, 'json');
  // Three reach the megabyte.
  expect(pieces).toHaveLength(4);
  for (const piece of pieces) expect(piece.length).toBeLessThan(1_400_000);
  const { messages } = JSON.parse(pieces.join('')) as { messages: { content: string }[] };
  expect(messages.map(({ content }) => content)).toEqual(contents);
});

test('a page of messages is at most a megabyte and one message long, and the pages are the whole conversation', async () => {
  const user = await team.createUser();
  const contents = Array.from({ length: 12 }, (_, index) => String(index % 10).repeat(400_000));
  const chat = { chatId: await fill(user, 'Long', contents) };
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await user.caller.chat.messages({ ...chat, cursor });
    pages.push(page.items.map(({ content }) => content));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(pages.map((page) => page.length)).toEqual([3, 3, 3, 3]);
  expect(pages.flat().toReversed()).toEqual(contents);
  expect((await user.caller.chat.get({ id: chat.chatId })).messages.map(({ content }) => content)).toEqual(
    contents,
  );
});

test('superseded answers are not exported, not even at the end of a piece', async () => {
  const user = await team.createUser();
  const id = await fill(
    user,
    'Superseded',
    Array.from({ length: 202 }, (_, index) => `text ${index}`),
  );
  await api.db
    .updateTable('messages')
    .set({ isSuperseded: true })
    .where('chatId', '=', id)
    .where('seq', 'in', [1, 200, 201, 202])
    .execute();
  const { messages } = JSON.parse((await exportWhole(user, id, 'json')).join('')) as { messages: unknown[] };
  expect(messages).toHaveLength(198);
});

test('an empty chat exports as an empty one', async () => {
  const { id } = await team.user.caller.chat.create({ agentId, title: 'Empty' });
  const { text } = await team.user.caller.chat.export({ id, format: 'json' });
  expect(JSON.parse(text)).toMatchObject({ chat: { id }, messages: [] });
});
