import { EventEmitter, on, once } from 'node:events';
import { setImmediate as nextTick } from 'node:timers/promises';
import { initTRPC, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';

const t = initTRPC.create();
const source = new EventEmitter();

const router = t.router({
  burst: t.procedure.subscription(async function* () {
    for (const value of [1, 2, 3]) yield value;
    await nextTick();
    for (const value of [4, 5]) yield value;
    await nextTick();
  }),
  observed: t.procedure.subscription(() =>
    observable<number>((observer) => {
      setTimeout(() => {
        for (const value of [1, 2, 3]) observer.next(value);
        setImmediate(() => observer.complete());
      });
    }),
  ),
  emitted: t.procedure.subscription(async function* ({ signal }) {
    for await (const [value] of on(source, 'value', signal && { signal })) yield value;
  }),
  unicode: t.procedure.subscription(async function* () {
    yield tracked('ä漢', 'é漢🎉');
  }),
});

const frame = (value: number): string => `data: ${value}\n\n\n`;

test('the events that a generator yields in one tick go out in one write', async () => {
  await using server = await serve(createNodeHandler({ router }));
  using connection = await RawConnection.open(server.port);
  const firstPacket = once(connection.socket, 'data');
  connection.get('/burst');
  expect(String(await firstPacket)).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*event: connected/);
  await connection.expect('0\r\n\r\n');
  expect(connection.chunks()).toEqual([
    `event: connected\ndata: {}\n\n\n${frame(1)}${frame(2)}${frame(3)}`,
    `${frame(4)}${frame(5)}`,
    'event: return\ndata: \n\n\n',
    '',
  ]);
});

test('the events of an observable or an emitter in one tick go out in one write', async () => {
  await using server = await serve(createNodeHandler({ router }));
  using observed = await RawConnection.open(server.port);
  observed.get('/observed');
  await observed.expect('event: return');
  expect(observed.chunks()).toContain(`${frame(1)}${frame(2)}${frame(3)}`);

  using emitted = await RawConnection.open(server.port);
  emitted.get('/emitted');
  await emitted.expect('event: connected');
  for (const value of [1, 2, 3]) source.emit('value', value);
  await emitted.expect(frame(3));
  source.emit('value', 4);
  await emitted.expect(frame(4));
  expect(emitted.chunks()).toEqual([
    'event: connected\ndata: {}\n\n\n',
    `${frame(1)}${frame(2)}${frame(3)}`,
    frame(4),
  ]);
});

test('the chunk size of text beyond ASCII is its length in bytes', async () => {
  await using server = await serve(createNodeHandler({ router }));
  const response = await fetch(`${server.url}/unicode`);
  expect(await response.text()).toContain('data: "é漢🎉"\nid: ä漢\n\n\n');
});

test('a `write` that middleware has replaced receives every event', async () => {
  const written: string[] = [];
  const handler = createNodeHandler({ router });
  await using server = await serve((request, response) => {
    const write = response.write.bind(response);
    response.write = (chunk: string) => {
      written.push(chunk);
      return write(chunk);
    };
    handler(request, response);
  });
  const response = await fetch(`${server.url}/burst`);
  expect(await response.text()).toBe(`${written.join('')}event: return\ndata: \n\n\n`);
  expect(written).toHaveLength(2);
});
