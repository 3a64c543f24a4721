import { initTRPC, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, beforeEach } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const EVENT_BYTES = 32 * 1024;
/** More than the kernel's socket buffers hold. */
const EVENTS = 2_000;
/** The socket's buffer and the text of a tick, 64 KB each, and an event on top of both. */
const MAX_HELD_BYTES = 2 * 64 * 1024 + 2 * EVENT_BYTES;

const state = { yielded: 0, ended: 0 };
beforeEach(() => Object.assign(state, { yielded: 0, ended: 0 }));

const t = initTRPC.create();
const router = t.router({
  /** Yields as fast as the reader takes events. The ids count them. */
  flood: t.procedure.subscription(async function* () {
    const filler = 'x'.repeat(EVENT_BYTES);
    try {
      for (let id = 1; id <= EVENTS; id += 1) {
        state.yielded = id;
        yield tracked(String(id), filler);
      }
    } finally {
      state.ended += 1;
    }
  }),
  /** Never awaits anything. */
  endless: t.procedure.subscription(async function* () {
    try {
      for (;;) yield (state.yielded += 1);
    } finally {
      state.ended += 1;
    }
  }),
  pushed: t.procedure.subscription(() =>
    observable<string>((observer) => {
      const timer = setInterval(() => {
        for (let event = 0; event < 50; event += 1) observer.next('x'.repeat(EVENT_BYTES));
      }, 1);
      return () => {
        clearInterval(timer);
        state.ended += 1;
      };
    }),
  ),
});

/** Waits until the stream pulls no more events. */
async function untilStalled(): Promise<number> {
  let before = -1;
  while (before !== state.yielded || before === 0) {
    before = state.yielded;
    await delay(100);
  }
  return before;
}

test('a stalled reader stops the source, and receives all events once it reads again', async () => {
  const responses: ServerResponse[] = [];
  const handler = createNodeHandler({ router });
  await using server = await serve((request, response) => {
    responses.push(response);
    handler(request, response);
  });
  using connection = await RawConnection.open(server.port);
  connection.socket.pause();
  connection.get('/flood');
  expect(await untilStalled()).toBeLessThan(EVENTS / 2);
  expect(responses[0]?.writableLength).toBeGreaterThan(0);
  expect(responses[0]?.writableLength).toBeLessThan(MAX_HELD_BYTES);

  const ids: number[] = [];
  let tail = '';
  connection.socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
    tail = tail.slice(-20) + chunk.toString('latin1');
    for (const [, id] of tail.matchAll(/\nid: (\d+)\n\n/g))
      if (ids.at(-1) !== Number(id)) ids.push(Number(id));
  });
  connection.socket.resume();
  await until(() => state.ended === 1 && ids.at(-1) === EVENTS, 'all events');
  expect(ids).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 1));
});

test('a reader that stalls for longer than maxStallMs is disconnected, and its generator ends', async () => {
  await using server = await serve(createNodeHandler({ router, sse: { maxStallMs: 200 } }));
  using connection = await RawConnection.open(server.port);
  connection.socket.pause();
  connection.get('/flood');
  await until(() => state.ended === 1, 'the generator to end');
  expect(state.yielded).toBeLessThan(EVENTS);
});

test('a reader that stalls after the end of its stream is disconnected', async () => {
  await using server = await serve(
    createNodeHandler({
      router: t.router({
        big: t.procedure.subscription(async function* () {
          yield 'x'.repeat(64 * 1024 * 1024);
        }),
      }),
      sse: { maxStallMs: 200 },
    }),
  );
  using connection = await RawConnection.open(server.port);
  connection.socket.pause();
  connection.get('/big');
  await delay(600);
  connection.socket.resume();
  await until(() => connection.socket.closed, 'the connection to be closed');
  expect(connection.received.length).toBeLessThan(64 * 1024 * 1024);
});

test('a generator that never waits does not starve other requests', async () => {
  await using server = await serve(createNodeHandler({ router }));
  using connection = await RawConnection.open(server.port);
  connection.get('/endless');
  await connection.expect('data: 1000\n');
  const response = await fetch(`${server.url}/nope`);
  expect(response.status).toBe(404);
  connection.socket.destroy();
  await until(() => state.ended === 1, 'the generator to end');
});

test('a reader with more than maxQueuedEvents of an observable in its queue is disconnected', async () => {
  await using server = await serve(createNodeHandler({ router, sse: { maxQueuedEvents: 100 } }));
  using connection = await RawConnection.open(server.port);
  connection.socket.pause();
  connection.get('/pushed');
  await until(() => state.ended === 1, 'the observable to be unsubscribed');
});
