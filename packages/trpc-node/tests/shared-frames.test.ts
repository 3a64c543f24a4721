import { EventEmitter, on } from 'node:events';
import { initTRPC, tracked } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';

interface Emitted {
  id?: string;
  data: { text: string };
}

const t = initTRPC.create();
const source = new EventEmitter<{ event: [Emitted] }>();

const router = t.router({
  follow: t.procedure.subscription(async function* ({ signal }) {
    for await (const [{ id, data }] of on(source, 'event', signal && { signal })) {
      yield id === undefined ? data : tracked(id, data);
    }
  }),
});

async function followers(
  count: number,
  port: number,
): Promise<Disposable & { expect(text: string): Promise<void> }> {
  const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.open(port)));
  for (const connection of connections) {
    connection.get('/follow');
    await connection.expect('event: connected');
  }
  return {
    expect: async (text) =>
      void (await Promise.all(connections.map((connection) => connection.expect(text)))),
    [Symbol.dispose]: () => connections.forEach((connection) => connection[Symbol.dispose]()),
  };
}

/** A transformer that records each value that it encodes. */
function counting(): { encoded: string[]; serialize: (value: unknown) => unknown } {
  const encoded: string[] = [];
  return {
    encoded,
    serialize: (value) => {
      encoded.push(JSON.stringify(value));
      return value;
    },
  };
}

test('an event with several subscribers is encoded once', async () => {
  const { encoded, serialize } = counting();
  await using server = await serve(createNodeHandler({ router, serialize }));
  using all = await followers(5, server.port);
  const [one, two] = [{ text: 'one' }, { text: 'two' }];
  source.emit('event', { id: '1', data: one });
  source.emit('event', { id: '2', data: two });
  await all.expect('data: {"text":"one"}\nid: 1\n\n\ndata: {"text":"two"}\nid: 2\n\n\n');
  expect(encoded).toEqual(['{"text":"one"}', '{"text":"two"}']);
});

test('the same object under another id gets its own frame', async () => {
  await using server = await serve(createNodeHandler({ router }));
  using all = await followers(2, server.port);
  const data = { text: 'same' };
  source.emit('event', { id: 'a', data });
  source.emit('event', { id: 'b', data });
  await all.expect('id: a\n\n\ndata: {"text":"same"}\nid: b\n\n\n');
});

test('an object that is changed and yielded again in a later tick is encoded again', async () => {
  await using server = await serve(createNodeHandler({ router }));
  using all = await followers(2, server.port);
  const data = { text: 'before' };
  source.emit('event', { id: 'a', data });
  await all.expect('data: {"text":"before"}\nid: a\n\n\n');
  data.text = 'after';
  source.emit('event', { id: 'a', data });
  await all.expect('data: {"text":"after"}\nid: a\n\n\n');
});

test('events without an id are encoded for each subscriber', async () => {
  const { encoded, serialize } = counting();
  await using server = await serve(createNodeHandler({ router, serialize }));
  using all = await followers(2, server.port);
  source.emit('event', { data: { text: 'loose' } });
  await all.expect('data: {"text":"loose"}\n\n\n');
  expect(encoded).toHaveLength(2);
});
