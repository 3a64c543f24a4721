import { initTRPC, tracked } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const state = { ended: 0 };
const t = initTRPC.create();
const router = t.router({
  waiting: t.procedure.subscription(async function* ({ signal }) {
    try {
      yield tracked('1', 'begun');
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    } finally {
      state.ended += 1;
    }
  }),
  hello: t.procedure.query(() => 'hello'),
});

test('closeStreams ends streams after their events and without `return`, ends their generators, and leaves calls alone', async () => {
  const handler = createNodeHandler({ router });
  await using server = await serve(handler);
  using connection = await RawConnection.open(server.port);
  connection.get('/waiting');
  await connection.expect('id: 1');
  handler.closeStreams();
  await connection.expect('\r\n0\r\n\r\n');
  expect(connection.received).not.toContain('event: return');
  await until(() => state.ended === 1, 'the generator to end');

  expect(await (await fetch(`${server.url}/hello`)).json()).toEqual({ result: { data: 'hello' } });
  using late = await RawConnection.open(server.port);
  late.get('/waiting');
  await late.expect('\r\n0\r\n\r\n');
  expect(late.received).not.toContain('event: return');
});

test('reconnectMs sends each client another random `retry`, and without it no `retry` is sent', async () => {
  await using server = await serve(createNodeHandler({ router, sse: { reconnectMs: 500 } }));
  const times = new Set<number>();
  for (let count = 0; count < 8; count += 1) {
    using connection = await RawConnection.open(server.port);
    connection.get('/waiting');
    await connection.expect('event: connected');
    const retryMs = Number(/retry: (\d+)\nevent: connected\n/.exec(connection.received)?.[1]);
    expect(retryMs).toBeGreaterThanOrEqual(500);
    expect(retryMs).toBeLessThanOrEqual(1000);
    times.add(retryMs);
  }
  expect(times.size).toBeGreaterThan(1);

  await using withoutRetry = await serve(createNodeHandler({ router }));
  using connection = await RawConnection.open(withoutRetry.port);
  connection.get('/waiting');
  await connection.expect('id: 1');
  expect(connection.received).not.toContain('retry');
});
