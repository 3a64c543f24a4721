import { newId } from '@parley/db';
import { collectParts, type RunEvent } from '@parley/runs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reasonOf } from './reason-of.ts';
import { createTestApi, streamRunEvents, type TestApi, type TestTeam } from '../src/testing/index.ts';

let api: TestApi;
let team: TestTeam;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const delta = (fields: object): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: fields }] })}\n\n`;
const call = {
  index: 0,
  id: 'call_1',
  function: { name: 'search', arguments: '{"maxRows":1,"sort_by":"x"}' },
};

beforeEach(() => {
  api.webhook.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(delta({ reasoning_content: 'The user ' }) + delta({ reasoning_content: 'greets me.' }));
    response.write(delta({ content: 'Let me look.' }) + delta({ tool_calls: [call] }));
    response.end(`${delta({ content: 'Found it.' })}data: [DONE]\n\n`);
  });
});

async function openChat(): Promise<string> {
  const agent = await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
  return (await team.user.caller.chat.create({ agentId: agent.id })).id;
}

async function ask(chatId: string): Promise<RunEvent[]> {
  const { runId } = await team.user.caller.chat.send({ chatId, messageId: newId(), content: 'Hi' });
  return follow(chatId, runId);
}

async function follow(chatId: string, runId?: string, lastEventId?: string): Promise<RunEvent[]> {
  const events = await Array.fromAsync(streamRunEvents(team.user.caller, { chatId, runId, lastEventId }));
  return events.map(({ data }) => data);
}

async function answerOf(chatId: string) {
  const { items } = await team.user.caller.chat.messages({ chatId });
  const [answer] = items;
  if (answer === undefined) throw new Error('the chat has an answer');
  return answer;
}

const kindsOf = (parts: { type: string }[]): string[] => parts.map(({ type }) => type);

describe('the parts of an answer', () => {
  test('are streamed, saved as they were streamed, and in everything that reads messages', async () => {
    const chatId = await openChat();
    const events = await ask(chatId);
    const parts = collectParts(events) ?? [];
    expect(kindsOf(parts)).toEqual(['reasoning', 'text', 'tool', 'text']);
    const answer = await answerOf(chatId);
    expect(answer.parts).toEqual(parts);
    const texts = parts.map((part) => (part.type === 'text' ? part.text : ''));
    expect(texts.join('')).toBe(answer.content);

    const { chat } = team.user.caller;
    expect(await chat.message({ chatId, messageId: answer.id })).toEqual(answer);
    expect((await chat.get({ id: chatId })).messages).toMatchObject([{ parts: [] }, { parts }]);
    const json = JSON.parse((await chat.export({ id: chatId, format: 'json' })).text) as object;
    expect(json).toMatchObject({
      messages: [
        { parts: [] },
        {
          parts: [
            { type: 'reasoning' },
            { type: 'text' },
            { input: { maxRows: 1, sort_by: 'x' } },
            { type: 'text' },
          ],
        },
      ],
    });
    const markdown = (await chat.export({ id: chatId })).text;
    expect(markdown).toContain(
      '> **Reasoning**\n>\n> The user greets me.\n\nLet me look.\n\n> **Tool: search**\n',
    );
    expect(markdown).toContain('>   "maxRows": 1,');
  });

  test('are sent again to a follower whose cursor is unknown, which drops those that it has', async () => {
    const chatId = await openChat();
    await ask(chatId);
    const { parts } = await answerOf(chatId);
    const stale: RunEvent = { type: 'part', data: { id: 'stale', type: 'reasoning', text: 'Stale' } };
    expect(collectParts([stale, ...(await follow(chatId, undefined, 'unknown'))])).toEqual(parts);
  });

  test('of a chat that is deleted in the middle of a part are gone, and its followers get an end', async () => {
    const closed = Promise.withResolvers<void>();
    api.webhook.answer((response) => {
      response.once('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(delta({ content: 'Let me look.' }) + delta({ tool_calls: [call] }));
      response.write(delta({ reasoning_content: 'The user ' }));
    });
    const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const isStarted = started.map(({ promise }) => promise);
    const chatId = await openChat();
    await using other = await api.startInstance();
    const { runId } = await team.user.caller.chat.send({ chatId, messageId: newId(), content: 'Hi' });
    const followers = [team.user.caller, other.callerOf(team.user)].map((caller) =>
      streamRunEvents(caller, { chatId, runId }),
    );
    const ends = followers.map(async (events) => {
      let last: RunEvent | undefined;
      for await (const { data } of events) {
        last = data;
        if (data.type === 'part' && data.data.type === 'reasoning-delta') started.shift()?.resolve();
      }
      return last?.type;
    });
    await Promise.all(isStarted);
    await team.user.caller.chat.delete({ id: chatId });
    // The check of the reader's access may come first.
    const outcomes = ends.map((end) => end.catch(() => reasonOf(end)));
    for (const end of await Promise.all(outcomes)) expect(['error', 'CHAT_NOT_FOUND']).toContain(end);
    await closed.promise;
    for (const table of ['messages', 'runs'] as const)
      expect(await api.db.selectFrom(table).select('id').where('chatId', '=', chatId).execute()).toEqual([]);
    expect(await api.db.selectFrom('runEvents').select('seq').where('runId', '=', runId).execute()).toEqual(
      [],
    );
  });

  test('do not go back to the agent', async () => {
    const chatId = await openChat();
    await ask(chatId);
    await ask(chatId);
    const { content } = await answerOf(chatId);
    expect(JSON.stringify(api.webhook.requests.at(-1)?.body)).not.toContain('greets me');
    expect(JSON.stringify(api.webhook.requests.at(-1)?.body)).toContain(JSON.stringify(content).slice(1, -1));
  });

  test('of a kind that this version does not know are left out, and the others are read', async () => {
    const chatId = await openChat();
    await ask(chatId);
    const notice = { id: 'n1', type: 'notice', reason: 'truncated', message: 'Cut.' };
    const parts = JSON.stringify([{ id: 'h1', type: 'hologram' }, notice]);
    await api.db
      .updateTable('messages')
      .set({ parts })
      .where('chatId', '=', chatId)
      .where('seq', '=', 2)
      .execute();
    expect((await answerOf(chatId)).parts).toEqual([notice]);
  });
});

describe('an agent that hides', () => {
  async function hide(
    chatId: string,
    hidden: { showSteps?: boolean; showReasoning?: boolean },
  ): Promise<void> {
    const chat = await team.user.caller.chat.get({ id: chatId, includeMessages: false });
    await api.db
      .updateTable('agents')
      .set(hidden)
      .where('id', '=', chat.agentId ?? '')
      .execute();
  }

  test.each([
    ['its reasoning', { showReasoning: false }, ['text', 'tool', 'text'], /greets/],
    ['its steps', { showSteps: false }, ['reasoning', 'text'], /search|maxRows/],
    ['both', { showSteps: false, showReasoning: false }, [], /greets|search|maxRows/],
  ])(
    '%s hides it in the stream, in replays, and in everything that reads messages',
    async (_, hidden, kinds, secret) => {
      const chatId = await openChat();
      await hide(chatId, hidden);
      const events = await ask(chatId);
      expect(kindsOf(collectParts(events) ?? [])).toEqual(kinds);
      const { chat } = team.user.caller;
      const answer = await answerOf(chatId);
      expect(answer.parts).toEqual(collectParts(events) ?? []);
      expect(answer.content).toContain('Found it.');
      const shown = [
        events,
        await follow(chatId, undefined, 'unknown'),
        answer,
        await chat.message({ chatId, messageId: answer.id }),
        await chat.get({ id: chatId }),
        await chat.export({ id: chatId, format: 'json' }),
        await chat.export({ id: chatId }),
      ];
      for (const seen of shown) expect(JSON.stringify(seen)).not.toMatch(secret);
      // A follower of the saved answer, as on another instance.
      await using other = await api.startInstance();
      const saved = await Array.fromAsync(streamRunEvents(other.callerOf(team.user), { chatId }));
      expect(JSON.stringify(saved)).not.toMatch(secret);
      expect(collectParts(saved.map(({ data }) => data)) ?? []).toEqual(answer.parts);
    },
  );

  test('shows reasoning again when the setting is back on, and hides it when the agent is deleted', async () => {
    const chatId = await openChat();
    await hide(chatId, { showReasoning: false });
    await ask(chatId);
    await hide(chatId, { showReasoning: true });
    expect(kindsOf((await answerOf(chatId)).parts)).toContain('reasoning');
    const { agentId } = await team.user.caller.chat.get({ id: chatId, includeMessages: false });
    await team.admin.caller.agent.delete({ id: agentId ?? '' });
    expect((await answerOf(chatId)).parts).toEqual([]);
  });
});
