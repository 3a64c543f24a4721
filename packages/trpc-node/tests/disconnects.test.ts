import { setTimeout as delay } from 'node:timers/promises';
import { initTRPC, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { beforeEach, expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const CLIENTS = 500;
const state = { begun: 0, ended: 0, reported: [] as string[] };
beforeEach(() => Object.assign(state, { begun: 0, ended: 0, reported: [] }));

const t = initTRPC.create();
const { procedure } = t;

const untilAborted = (signal: AbortSignal | undefined): Promise<unknown> =>
  new Promise((resolve) => signal?.addEventListener('abort', resolve));

const router = t.router({
  waiting: procedure.subscription(async function* ({ signal }) {
    state.begun += 1;
    try {
      yield tracked('1', 'begun');
      await untilAborted(signal);
    } finally {
      state.ended += 1;
    }
  }),
  ticking: procedure.subscription(async function* () {
    state.begun += 1;
    try {
      for (let value = 0; ; value += 1) {
        yield value;
        await delay(20);
      }
    } finally {
      state.ended += 1;
    }
  }),
  /** Ends only when its `return()` is called. */
  iterable: procedure.subscription((): AsyncIterable<number> => {
    state.begun += 1;
    let end = (): void => {};
    const ended = new Promise<IteratorResult<number>>(
      (resolve) => (end = () => resolve({ done: true, value: undefined })),
    );
    let first: IteratorResult<number> | undefined = { done: false, value: 1 };
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          const result = first;
          first = undefined;
          return result ?? ended;
        },
        return: async () => {
          state.ended += 1;
          end();
          return ended;
        },
      }),
    };
  }),
  observed: procedure.subscription(() =>
    observable<number>((observer) => {
      state.begun += 1;
      observer.next(1);
      return () => void (state.ended += 1);
    }),
  ),
  cancelled: procedure.subscription(async function* ({ signal }) {
    state.begun += 1;
    try {
      yield 1;
      await delay(60_000, undefined, signal && { signal });
    } finally {
      state.ended += 1;
    }
  }),
  failing: procedure.subscription(async function* ({ signal }) {
    state.begun += 1;
    yield 1;
    await untilAborted(signal);
    state.ended += 1;
    throw new Error('while it was cleaned up');
  }),
  slow: procedure.mutation(async ({ signal }) => {
    state.begun += 1;
    await untilAborted(signal);
    state.ended += 1;
    return signal?.aborted;
  }),
  late: procedure.subscription(async ({ signal }): Promise<AsyncGenerator<number>> => {
    state.begun += 1;
    await untilAborted(signal);
    return (async function* () {})();
  }),
});

const handler = createNodeHandler({
  router,
  onError: ({ error }) => void state.reported.push(error.message),
});

test.each(['waiting', 'ticking', 'iterable', 'observed', 'cancelled'])(
  `%s: the streams of ${CLIENTS} clients end within two seconds of their disconnecting`,
  async (path) => {
    await using server = await serve(handler);
    const connections = await Promise.all(
      Array.from({ length: CLIENTS }, () => RawConnection.open(server.port)),
    );
    for (const connection of connections) connection.get(`/${path}`);
    await until(
      () => connections.every(({ received }) => received.includes('data: ')),
      'the first events',
      40_000,
    );
    expect(state).toMatchObject({ begun: CLIENTS, ended: 0 });
    for (const connection of connections) connection[Symbol.dispose]();
    await until(() => state.ended === CLIENTS, 'the streams to end', 2_000);
    expect(state.reported).toEqual([]);
  },
  60_000,
);

test('an error that a generator throws after its client has disconnected is reported', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.get('/failing');
  await connection.expect('data: 1');
  connection.socket.destroy();
  await until(() => state.reported.length > 0, 'a report');
  expect(state.reported).toEqual(['while it was cleaned up']);
});

test('a client that disconnects during a mutation aborts the signal of the mutation', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.send(
    'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n',
  );
  await until(() => state.begun === 1, 'the mutation to begin');
  connection.socket.destroy();
  await until(() => state.ended === 1, 'the signal to abort');
});

test('the signal of a call does not abort after its response', async () => {
  const signals: AbortSignal[] = [];
  const quick = t.router({ quick: procedure.query(({ signal }) => void (signal && signals.push(signal))) });
  await using server = await serve(createNodeHandler({ router: quick }));
  await (await fetch(`${server.url}/quick`)).text();
  await delay(50);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

test('a client that disconnects before its subscription has started causes no error', async () => {
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.get('/late');
  await until(() => state.begun === 1, 'the procedure to be called');
  connection.socket.destroy();
  await delay(50);
  expect(state.reported).toEqual([]);
});
