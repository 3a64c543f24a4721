import { newId } from '@parley/db';
import { type RunEvent } from '@parley/runs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createTestApi,
  streamRunEvents,
  type TestApi,
  type TestTeam,
  type TestUser,
} from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let team: TestTeam;
let agentId: string;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

beforeEach(() => {
  api.webhook.requests.length = 0;
  api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

async function openChat(user: TestUser = team.user): Promise<string> {
  return (await user.caller.chat.create({ agentId })).id;
}

function send(chatId: string, content = 'Hi', messageId = newId()) {
  return team.user.caller.chat.send({ chatId, messageId, content });
}

interface Received {
  id: string;
  data: RunEvent;
}

function stream(
  input: { chatId: string; runId?: string; lastEventId?: string },
  user = team.user,
): Promise<Received[]> {
  return Array.fromAsync(streamRunEvents(user.caller, input));
}

function textOf(events: Received[], start = ''): string {
  let text = start;
  for (const { data: event } of events) {
    if (event.type === 'message')
      text = event.data.reset === true ? event.data.content : text + event.data.content;
  }
  return text;
}

describe('sending a message', () => {
  test('chat.send returns at once, the reply streams, and the conversation is saved', async () => {
    const chatId = await openChat();
    const sent = await send(chatId, 'Hi there');
    expect(sent.userMessage).toMatchObject({ role: 'user', content: 'Hi there', seq: 1, status: 'complete' });
    const events = await stream({ chatId, runId: sent.runId });
    expect(textOf(events)).toBe('Hello from the agent');
    expect(events.at(-1)?.data).toMatchObject({ type: 'done', data: { messageId: sent.assistantMessageId } });
    const chat = await team.user.caller.chat.get({ id: chatId });
    expect(chat.messages).toMatchObject([
      { role: 'user', content: 'Hi there', status: 'complete', runId: null },
      {
        role: 'assistant',
        content: 'Hello from the agent',
        status: 'complete',
        runId: sent.runId,
        error: null,
      },
    ]);
  });

  test('an agent receives the whole history in order with each message', async () => {
    const chatId = await openChat();
    for (const content of ['one', 'two', 'three'])
      await stream({ chatId, runId: (await send(chatId, content)).runId });
    const last = api.webhook.requests.at(-1)?.body;
    const answer = { role: 'assistant', content: 'Hello from the agent' };
    const user = (content: string) => ({ role: 'user', content });
    expect(last).toMatchObject({
      messages: [user('one'), answer, user('two'), answer, user('three')],
      chatInput: 'three',
    });
  });

  test('an agent receives the newest messages within its history limits', async () => {
    const limited = await team.admin.caller.agent.create({ name: 'Limited', webhookUrl: api.webhook.url });
    const chatId = (await team.user.caller.chat.create({ agentId: limited.id })).id;
    await api.db.updateTable('agents').set({ maxHistoryMessages: 3 }).where('id', '=', limited.id).execute();
    for (const content of ['one', 'two'])
      await stream({ chatId, runId: (await send(chatId, content)).runId });
    await stream({ chatId, runId: (await send(chatId, 'x'.repeat(5000))).runId });
    const roles = (body: unknown) => JSON.stringify(body).match(/"role":"(user|assistant)"/g)?.length;
    expect(roles(api.webhook.requests.at(-1)?.body)).toBe(3 + 1);
    await api.db.updateTable('agents').set({ maxHistoryBytes: 1000 }).where('id', '=', limited.id).execute();
    await stream({ chatId, runId: (await send(chatId, 'y'.repeat(5000))).runId });
    expect(api.webhook.requests.at(-1)?.body).toMatchObject({ messages: [{ content: 'y'.repeat(5000) }] });
  });

  test('chat.send with the same messageId returns the same result and starts one run, even concurrently', async () => {
    const chatId = await openChat();
    const messageId = newId();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(chatId, 'Once', messageId)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await stream({ chatId });
    expect(await send(chatId, 'Once', messageId)).toEqual(answers[0]);
    expect(api.webhook.requests).toHaveLength(1);
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toHaveLength(2);
  });

  test('chat.send with the messageId of another message is refused with MESSAGE_ID_CONFLICT', async () => {
    const [chatId, otherChatId] = [await openChat(), await openChat()];
    const messageId = newId();
    await send(chatId, 'Mine', messageId);
    await stream({ chatId });
    expect(await reasonOf(send(chatId, 'Other', messageId))).toBe('MESSAGE_ID_CONFLICT');
    expect(await reasonOf(send(otherChatId, 'Mine', messageId))).toBe('MESSAGE_ID_CONFLICT');
    const third = newId();
    const chats = await Promise.all([openChat(), openChat(), openChat()]);
    const results = await Promise.all(chats.map((id) => reasonOf(send(id, 'Race', third))));
    expect(results.toSorted()).toEqual(['MESSAGE_ID_CONFLICT', 'MESSAGE_ID_CONFLICT', 'not refused']);
  });

  test('chat.send while a run is active is refused, and the run continues', async () => {
    const gate = Promise.withResolvers<void>();
    api.webhook.answerTokens(['first', ' answer'], () => gate.promise);
    const chatId = await openChat();
    const sends = await Promise.allSettled(['a', 'b', 'c'].map((content) => send(chatId, content)));
    expect(sends.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await reasonOf(send(chatId, 'd'))).toBe('RUN_ALREADY_ACTIVE');
    gate.resolve();
    expect(textOf(await stream({ chatId }))).toBe('first answer');
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toHaveLength(2);
    await send(chatId, 'e');
    await stream({ chatId });
  });

  test('chat.send to an inactive or deleted agent is refused and saves nothing', async () => {
    const agent = await team.admin.caller.agent.create({ name: 'Gone', webhookUrl: api.webhook.url });
    const chatId = (await team.user.caller.chat.create({ agentId: agent.id })).id;
    await team.admin.caller.agent.update({ id: agent.id, isActive: false });
    expect(await reasonOf(send(chatId))).toBe('AGENT_INACTIVE');
    expect(await reasonOf(team.user.caller.chat.create({ agentId: agent.id }))).toBe('AGENT_INACTIVE');
    await team.admin.caller.agent.delete({ id: agent.id });
    expect(await reasonOf(send(chatId))).toBe('AGENT_DELETED');
    expect(await reasonOf(team.user.caller.chat.create({ agentId: agent.id }))).toBe('AGENT_NOT_FOUND');
    expect(await team.user.caller.chat.get({ id: chatId })).toMatchObject({ agentId: null, messages: [] });
  });

  test.each([
    ['that is empty', ''],
    ['that is blank', ' \n '],
    ['of 200 KB', 'x'.repeat(200_000)],
    ['with a NUL', 'a\0b'],
    ['with an unpaired surrogate', 'a\ud800b'],
  ])('a message %s is refused and not saved', async (_, content) => {
    const chatId = await openChat();
    await expect(send(chatId, content)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toEqual([]);
  });

  test('a message of the maximum length in any script is saved and sent unchanged', async () => {
    const chatId = await openChat();
    const content = '\u{1F469}\u{200D}\u{1F680}漢"\\\u0001é '.repeat(20_000).slice(0, 99_999).trim();
    await stream({ chatId, runId: (await send(chatId, content)).runId });
    expect((await team.user.caller.chat.get({ id: chatId })).messages[0]?.content).toBe(content);
    expect(api.webhook.requests[0]?.body).toMatchObject({ chatInput: content });
  });
});

describe('retrying', () => {
  async function fail(chatId: string, content: string): Promise<string> {
    api.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Half of"}\n\n', () => response.destroy());
    });
    const { runId } = await send(chatId, content);
    await stream({ chatId, runId });
    api.webhook.answerTokens(['Whole']);
    return runId;
  }

  test('chat.retry regenerates the answer; the earlier one stays readable, but leaves the conversation', async () => {
    const chatId = await openChat();
    const failed = await fail(chatId, 'Question');
    const { chat } = team.user.caller;
    const retried = await chat.retry({ chatId, runId: failed });
    expect(retried.userMessage.content).toBe('Question');
    expect(textOf(await stream({ chatId, runId: retried.runId }))).toBe('Whole');
    expect(api.webhook.requests.at(-1)?.body).toMatchObject({ messages: [{ content: 'Question' }] });
    expect((await chat.get({ id: chatId })).messages.map(({ content }) => content)).toEqual([
      'Question',
      'Whole',
    ]);
    const all = await chat.messages({ chatId, includeSuperseded: true });
    expect(all.items.map(({ content, isSuperseded }) => [content, isSuperseded])).toEqual([
      ['Whole', false],
      ['Half of', true],
      ['Question', false],
    ]);
    await stream({ chatId, runId: (await send(chatId, 'Next')).runId });
    expect(api.webhook.requests.at(-1)?.body).toMatchObject({
      messages: [{ content: 'Question' }, { content: 'Whole' }, { content: 'Next' }],
    });
  });

  test('concurrent retries of one run start one run', async () => {
    const chatId = await openChat();
    const runId = await fail(chatId, 'Question');
    const requests = api.webhook.requests.length;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => team.user.caller.chat.retry({ chatId, runId })),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await stream({ chatId });
    expect(api.webhook.requests).toHaveLength(requests + 1);
  });

  test('chat.retry of a complete answer, or of one that is not the last, is refused', async () => {
    const chatId = await openChat();
    const failed = await fail(chatId, 'Question');
    const { runId: complete } = await send(chatId, 'Other');
    await stream({ chatId, runId: complete });
    const { chat } = team.user.caller;
    for (const runId of [failed, complete])
      expect(await reasonOf(chat.retry({ chatId, runId }))).toBe('RUN_NOT_RETRYABLE');
    expect(await reasonOf(chat.retry({ chatId, runId: newId() }))).toBe('RUN_NOT_FOUND');
  });

  test('chat.retry of an active run is refused', async () => {
    api.webhook.answerTokens(['a', 'b'], () => new Promise(() => {}));
    const chatId = await openChat();
    const { runId } = await send(chatId);
    expect(await reasonOf(team.user.caller.chat.retry({ chatId, runId }))).toBe('RUN_ALREADY_ACTIVE');
    await team.user.caller.chat.stop({ chatId });
  });
});

describe('stopping', () => {
  test('chat.stop ends the answer, keeps its text, and the chat continues', async () => {
    api.webhook.answerTokens(['partial', ' never'], () => new Promise(() => {}));
    const chatId = await openChat();
    const { runId } = await send(chatId);
    const events = streamRunEvents(team.user.caller, { chatId });
    for await (const { data } of events) {
      if (data.type === 'message') expect(await team.user.caller.chat.stop({ chatId })).toEqual({ runId });
      if (data.type === 'error') expect(data.data.reason).toBe('RUN_CANCELED');
    }
    const chat = await team.user.caller.chat.get({ id: chatId });
    expect(chat.messages[1]).toMatchObject({ content: 'partial', status: 'canceled' });
    expect(await team.user.caller.chat.stop({ chatId })).toEqual({ runId: null });
    api.webhook.answerTokens(['on']);
    await send(chatId, 'again');
    expect(textOf(await stream({ chatId }))).toBe('on');
  });
});

describe('a stream', () => {
  test('chat.stream without a runId follows the active run, or else the last one', async () => {
    const gate = Promise.withResolvers<void>();
    api.webhook.answerTokens(['now', ' done'], () => gate.promise);
    const chatId = await openChat();
    await send(chatId);
    const live = stream({ chatId });
    gate.resolve();
    expect(textOf(await live)).toBe('now done');
    expect(textOf(await stream({ chatId }))).toBe('now done');
  });

  test('chat.stream of a chat without runs ends at once', async () => {
    expect(await stream({ chatId: await openChat() })).toEqual([]);
  });

  test('a stream cut at any event resumes there, and its text equals the saved one', async () => {
    const chatId = await openChat();
    const { runId } = await send(chatId);
    const whole = await stream({ chatId, runId });
    for (const [index, { id }] of whole.entries()) {
      for (const input of [
        { chatId, runId, lastEventId: id },
        { chatId, lastEventId: id },
      ]) {
        expect(textOf(await stream(input), textOf(whole.slice(0, index + 1)))).toBe('Hello from the agent');
      }
    }
  });

  test('a stream that reconnects continues with its run, although another is active', async () => {
    const chatId = await openChat();
    const first = await stream({ chatId, runId: (await send(chatId)).runId });
    api.webhook.answerTokens(['second']);
    await send(chatId, 'again');
    const resumed = await stream({ chatId, lastEventId: first[1]?.id ?? '' });
    expect(textOf(resumed, textOf(first.slice(0, 2)))).toBe('Hello from the agent');
    expect(textOf(await stream({ chatId }))).toBe('second');
  });

  test.each(['nonsense', '0', `${newId()}:3`, '\u0001', 'x'.repeat(1000)])(
    'a stream with an unknown lastEventId (%j) starts from the beginning and resets the text',
    async (lastEventId) => {
      const chatId = await openChat();
      const { runId } = await send(chatId);
      await stream({ chatId, runId });
      expect(textOf(await stream({ chatId, lastEventId }), 'stale text')).toBe('Hello from the agent');
    },
  );

  test('the stream of a failed run ends with an error event and does not throw', async () => {
    api.webhook.answer((response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(
        '{"code":404,"message":"The requested webhook \\"POST x\\" is not registered.","hint":"..."}',
      );
    });
    const chatId = await openChat();
    await send(chatId);
    expect((await stream({ chatId })).at(-1)?.data).toMatchObject({
      type: 'error',
      data: { reason: 'AGENT_NOT_REGISTERED' },
    });
    const chat = await team.user.caller.chat.get({ id: chatId });
    expect(chat.messages[1]).toMatchObject({ status: 'failed', error: { reason: 'AGENT_NOT_REGISTERED' } });
  });

  test('chat.stream of a run of another chat is refused', async () => {
    const chatId = await openChat();
    expect(await reasonOf(stream({ chatId, runId: newId() }))).toBe('RUN_NOT_FOUND');
    const other = await openChat();
    const { runId } = await send(other);
    expect(await reasonOf(stream({ chatId, runId }))).toBe('RUN_NOT_FOUND');
  });
});

describe('a chat', () => {
  test('every procedure refuses a chat of another user or team as a missing one', async () => {
    const chatId = await openChat();
    const { runId } = await send(chatId);
    const colleague = await team.createUser();
    const stranger = (await api.createTeam()).admin;
    for (const { caller } of [colleague, team.admin, stranger]) {
      for (const id of [chatId, newId()]) {
        const calls = [
          () => caller.chat.get({ id }),
          () => caller.chat.update({ id, title: 'Mine now' }),
          () => caller.chat.delete({ id }),
          () => caller.chat.messages({ chatId: id }),
          () => caller.chat.send({ chatId: id, messageId: newId(), content: 'Hi' }),
          () => caller.chat.stop({ chatId: id }),
          () => caller.chat.retry({ chatId: id, runId }),
          () => Array.fromAsync(streamRunEvents(caller, { chatId: id, runId })),
        ];
        for (const call of calls) expect(await reasonOf(call())).toBe('CHAT_NOT_FOUND');
      }
      expect((await caller.chat.list()).items).toEqual([]);
    }
    await stream({ chatId });
    expect((await team.user.caller.chat.get({ id: chatId })).messages).toHaveLength(2);
  });

  test('chat.create with an agent of another team is refused', async () => {
    const other = await api.createTeam();
    expect(await reasonOf(other.user.caller.chat.create({ agentId }))).toBe('AGENT_NOT_FOUND');
  });

  test('a user renames, pins, archives and deletes a chat', async () => {
    const user = await team.createUser();
    const { chat } = user.caller;
    const { id } = await chat.create({ agentId, title: 'First' });
    expect(await chat.update({ id, title: 'Renamed' })).toMatchObject({ title: 'Renamed', isPinned: false });
    expect(await chat.update({ id, isPinned: true, isArchived: true })).toMatchObject({
      title: 'Renamed',
      isPinned: true,
    });
    expect((await chat.list()).items).toEqual([]);
    expect((await chat.list({ isArchived: true })).items).toHaveLength(1);
    await chat.delete({ id });
    expect(await reasonOf(chat.get({ id }))).toBe('CHAT_NOT_FOUND');
  });

  test('chat.list has the newest activity first, in pages without gaps or duplicates', async () => {
    const user = await team.createUser();
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) ids.unshift((await user.caller.chat.create({ agentId })).id);
    const oldest = ids.pop() ?? '';
    await user.caller.chat.send({ chatId: oldest, messageId: newId(), content: 'Up' });
    ids.unshift(oldest);
    const listed: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await user.caller.chat.list({ limit: 2, cursor });
      listed.push(...page.items.map((chat) => chat.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(listed).toEqual(ids);
    await stream({ chatId: oldest }, user);
  });

  test('chat.messages has pages, newest first', async () => {
    const chatId = await openChat();
    for (const content of ['one', 'two', 'three'])
      await stream({ chatId, runId: (await send(chatId, content)).runId });
    const seqs: number[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await team.user.caller.chat.messages({ chatId, limit: 4, cursor });
      seqs.push(...page.items.map((message) => message.seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seqs).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('deleting a chat deletes its contents, and ends its run for followers', async () => {
    const gate = Promise.withResolvers<void>();
    api.webhook.answerTokens(['one', ' two'], () => gate.promise);
    const chatId = await openChat();
    await send(chatId);
    const events = stream({ chatId });
    await expect.poll(() => api.webhook.requests.length).toBe(1);
    await team.user.caller.chat.delete({ id: chatId });
    gate.resolve();
    expect((await events).at(-1)?.data.type).toBe('error');
    for (const table of ['messages', 'runs'] as const) {
      expect(await api.db.selectFrom(table).select('id').where('chatId', '=', chatId).execute()).toEqual([]);
    }
  });
});
