import { expectTypeOf, test } from 'vitest';
import {
  followRun,
  getErrorReason,
  reduceRunEvents,
  sendMessage,
  createClient,
  type Client,
  type ErrorReason,
  type Fetch,
  type FollowedEvent,
  type RouterInputs,
  type RouterOutputs,
  type RunEvent,
  type RunView,
} from '../src/index.ts';

declare const client: Client;

test('inputs are inferred: a missing, misspelled or wrongly typed field does not compile', () => {
  expectTypeOf<RouterInputs['chat']['send']>().toEqualTypeOf<{
    chatId: string;
    messageId: string;
    content: string;
  }>();
  void client.chat.create.mutate({ agentId: 'a', title: 'A title' });
  // @ts-expect-error agentId is missing
  void client.chat.create.mutate({ title: 'A title' });
  // @ts-expect-error agentID is not a field
  void client.chat.create.mutate({ agentID: 'a' });
  // @ts-expect-error isPinned is a boolean
  void client.chat.update.mutate({ id: 'c', isPinned: 'yes' });
  // @ts-expect-error limit is a number
  void client.chat.list.query({ limit: '10' });
  // Fields with a default are optional.
  void client.chat.list.query();
});

test('calling a query as a mutation, or an unknown procedure, does not compile', () => {
  // @ts-expect-error chat.list is a query
  void client.chat.list.mutate;
  // @ts-expect-error chat.send is a mutation
  void client.chat.send.query;
  // @ts-expect-error no such procedure
  void client.chat.sendAll;
});

test('outputs are inferred, and their dates are strings', () => {
  type Chat = RouterOutputs['chat']['get'];
  expectTypeOf(client.chat.get.query({ id: 'c' })).resolves.toEqualTypeOf<Chat>();
  expectTypeOf<Chat['createdAt']>().toEqualTypeOf<string>();
  expectTypeOf<Chat['messages'][number]['timestamp']>().toEqualTypeOf<string>();
  expectTypeOf<Chat['messages'][number]['role']>().toEqualTypeOf<'user' | 'assistant'>();
  expectTypeOf<Chat['agentId']>().toEqualTypeOf<string | null>();
  expectTypeOf<RouterOutputs['chat']['list']['nextCursor']>().toEqualTypeOf<string | null>();
  // @ts-expect-error not a field of a chat
  expectTypeOf<Chat['owner']>();
});

test('events are a union discriminated by their type', async () => {
  expectTypeOf(sendMessage(client, { chatId: 'c', content: 'Hello' })).toExtend<AsyncIterable<RunEvent>>();
  for await (const event of followRun(client, { chatId: 'c' })) {
    expectTypeOf(event).toEqualTypeOf<FollowedEvent>();
    expectTypeOf(event.id).toEqualTypeOf<string>();
    if (event.type === 'message') expectTypeOf(event.data.content).toEqualTypeOf<string>();
    if (event.type === 'status') expectTypeOf(event.data.level).toEqualTypeOf<'info' | 'warning' | 'error'>();
    if (event.type === 'done') expectTypeOf(event.data.messageId).toEqualTypeOf<string>();
    if (event.type === 'error') expectTypeOf(event.data.reason).toEqualTypeOf<string>();
    // @ts-expect-error no such event
    if (event.type === 'token') return;
    // @ts-expect-error only a message has content
    void event.data.content;
  }
  for await (const event of client.chat.stream.subscribe({ chatId: 'c' })) {
    expectTypeOf(event).toEqualTypeOf<{ id: string; data: RunEvent }>();
  }
  // @ts-expect-error content is missing
  void sendMessage(client, { chatId: 'c' });
});

test('the reducer accepts run events, and error reasons are a closed union', () => {
  expectTypeOf(reduceRunEvents).parameters.toEqualTypeOf<[RunView, RunEvent]>();
  const reason = getErrorReason(new Error('any'))?.reason;
  expectTypeOf(reason).toEqualTypeOf<ErrorReason | undefined>();
  // @ts-expect-error no such reason
  void (reason === 'CHAT_NOT_FOUNT');
});

test('a client with two kinds of credentials does not compile', () => {
  const cookies = { getCookieString: () => Promise.resolve(''), setCookie: () => Promise.resolve() };
  expectTypeOf(createClient({ url: 'http://127.0.0.1', apiKey: 'parley_key' })).toEqualTypeOf<Client>();
  expectTypeOf(createClient({ url: 'http://127.0.0.1', cookies })).toEqualTypeOf<Client>();
  // @ts-expect-error both
  createClient({ url: 'http://127.0.0.1', apiKey: 'parley_key', cookies });
});

test('the global fetch, and any function of its shape, is accepted as fetch', () => {
  expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>();
});
