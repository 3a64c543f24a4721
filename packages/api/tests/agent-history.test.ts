// The history that an agent receives is valid for the strictest one, whatever has happened in the chat.
import fc from 'fast-check';
import { newId } from '@parley/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestApi, streamRunEvents, type TestApi, type TestTeam } from '../src/testing/index.ts';

let api: TestApi;
let team: TestTeam;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
});

afterAll(() => api[Symbol.asyncDispose]());

const protocols = ['openai', 'webhook'] as const;

async function createAgent(protocol: 'openai' | 'webhook'): Promise<string> {
  const config = protocol === 'openai' ? { model: 'strict' } : {};
  const { url } = api.webhook;
  const agent = await team.admin.caller.agent.create({ name: 'Strict', protocol, webhookUrl: url, config });
  return agent.id;
}

/** Sends a message, and returns how its run ended. */
async function send(chatId: string, content: string): Promise<string> {
  const { runId } = await team.user.caller.chat.send({ chatId, messageId: newId(), content });
  return endOf(chatId, runId);
}

async function endOf(chatId: string, runId: string): Promise<string> {
  let end = '';
  for await (const { data } of streamRunEvents(team.user.caller, { chatId, runId })) end = data.type;
  return end;
}

const bodySchema = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })),
  chatInput: z.string().optional(),
});

type Body = z.output<typeof bodySchema>;

const lastBody = (): Body => bodySchema.parse(api.webhook.requests.at(-1)?.body);

function isValid({ messages }: Body): boolean {
  return (
    messages.length % 2 === 1 &&
    messages.every(
      ({ role, content }, index) =>
        role === (index % 2 === 0 ? 'user' : 'assistant') && content.trim() !== '',
    )
  );
}

/** Answers 400 to an invalid history, as Mistral's and Gemma's chat templates do. */
function answerStrictly(): void {
  api.webhook.answer((response, { body }) => {
    if (!isValid(bodySchema.parse(body))) response.writeHead(400).end('roles must alternate');
    else response.writeHead(200, { 'content-type': 'text/plain' }).end('An answer');
  });
}

beforeEach(answerStrictly);

describe.each(protocols)('an agent with the protocol %s', (protocol) => {
  test('that fails once answers the next message, which is in one turn with the unanswered one', async () => {
    const agentId = await createAgent(protocol);
    const { id: chatId } = await team.user.caller.chat.create({ agentId });
    api.webhook.answer((response) => void response.writeHead(500).end());
    for (const content of ['first', 'second']) expect(await send(chatId, content)).toBe('error');
    answerStrictly();
    expect(await send(chatId, 'third')).toBe('done');
    expect(lastBody().messages).toMatchObject([{ role: 'user', content: 'first\n\nsecond\n\nthird' }]);
    if (protocol === 'webhook') expect(lastBody().chatInput).toBe('third');
    expect(await send(chatId, 'fourth')).toBe('done');
    expect(lastBody().messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('that fails midway receives its partial answer, and one that was tried again does not', async () => {
    const agentId = await createAgent(protocol);
    const { id: chatId } = await team.user.caller.chat.create({ agentId });
    api.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"content":"Half of"}\n\n', () => response.destroy());
    });
    const { runId } = await team.user.caller.chat.send({ chatId, messageId: newId(), content: 'first' });
    expect(await endOf(chatId, runId)).toBe('error');
    const again = await team.user.caller.chat.retry({ chatId, runId });
    expect(await endOf(chatId, again.runId)).toBe('error');
    expect(lastBody().messages).toMatchObject([{ content: 'first' }]);
    answerStrictly();
    expect(await send(chatId, 'second')).toBe('done');
    expect(lastBody().messages).toMatchObject([
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'Half of' },
      { role: 'user', content: 'second' },
    ]);
  });
});

const words = fc
  .string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '\n'), maxLength: 12 })
  .map((text) => text.repeat(20));
const question = words.filter((content) => content.trim() !== '');
const answer = fc.record({
  content: fc.oneof(fc.constant(''), words),
  status: fc.constantFrom<Status>('complete', 'failed', 'canceled', 'interrupted'),
});
const exchange = fc.record({ question, answers: fc.array(answer, { maxLength: 3 }) });
const limits = fc.record({
  maxHistoryMessages: fc.integer({ min: 1, max: 12 }),
  maxHistoryBytes: fc.integer({ min: 1_000, max: 3_000 }),
});

type Status = 'complete' | 'failed' | 'canceled' | 'interrupted';

interface Row {
  role: 'user' | 'assistant';
  content: string;
  status: Status;
  isSuperseded: boolean;
}

/** Only the last answer to a question is not superseded. */
function rowsOf(exchanges: { question: string; answers: { content: string; status: Status }[] }[]): Row[] {
  return exchanges.flatMap(({ question: content, answers }): Row[] => [
    { role: 'user', content, status: 'complete', isSuperseded: false },
    ...answers.map((row, index) => ({
      ...row,
      role: 'assistant' as const,
      isSuperseded: index < answers.length - 1,
    })),
  ]);
}

async function createChat(agentId: string, rows: Row[]): Promise<string> {
  const { id: chatId } = await team.user.caller.chat.create({ agentId });
  const { teamId } = team.user;
  const messages = rows.map((row, index) => ({ ...row, teamId, chatId, id: newId(), seq: index + 1 }));
  if (messages.length > 0) await api.db.insertInto('messages').values(messages).execute();
  await api.db.updateTable('chats').set({ lastSeq: rows.length }).where('id', '=', chatId).execute();
  return chatId;
}

test('the history of any chat is valid, has the newest messages in order, and keeps within the limits', async () => {
  const agents = { openai: await createAgent('openai'), webhook: await createAgent('webhook') };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...protocols),
      fc.array(exchange, { maxLength: 8 }),
      question,
      limits,
      async (protocol, exchanges, content, given) => {
        const rows = rowsOf(exchanges);
        const agentId = agents[protocol];
        await api.db.updateTable('agents').set(given).where('id', '=', agentId).execute();
        const chatId = await createChat(agentId, rows);
        expect(await send(chatId, content)).toBe('done');
        const body = lastBody();
        expect(isValid(body)).toBe(true);
        if (protocol === 'webhook') expect(body.chatInput).toBe(content);

        const said = rows.filter((row) => !row.isSuperseded && row.content.trim() !== '');
        const whole = [...said, { content }].map((row) => row.content).join('\n\n');
        const sent = body.messages.map((message) => message.content);
        expect(whole.endsWith(sent.join('\n\n'))).toBe(true);
        if (sent.length === 1 && sent[0] === content) return;
        expect(sent.length).toBeLessThanOrEqual(given.maxHistoryMessages);
        expect(Buffer.byteLength(sent.join(''))).toBeLessThanOrEqual(given.maxHistoryBytes);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
