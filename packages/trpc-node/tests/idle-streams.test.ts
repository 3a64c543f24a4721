import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { initTRPC, tracked } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { RawConnection } from './support/connect.ts';
import { serve } from './support/serve.ts';
import { until } from './support/until.ts';

const sent: WeakRef<object>[] = [];

/** Yields one event, keeps no reference to it, and waits until the client has left. */
function oneEvent(signal: AbortSignal | undefined, wrap: (event: object) => unknown): AsyncIterable<unknown> {
  let isSent = false;
  const next = (): Promise<IteratorResult<unknown>> => {
    if (isSent) {
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve({ done: true, value: undefined }));
      });
    }
    isSent = true;
    const event = { text: `the last event ${sent.length}` };
    sent.push(new WeakRef(event));
    return Promise.resolve({ done: false, value: wrap(event) });
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

const t = initTRPC.create({ sse: { ping: { enabled: true, intervalMs: 20 } } });
const router = t.router({
  plain: t.procedure.subscription(({ signal }) => oneEvent(signal, (event) => event)),
  tracked: t.procedure.subscription(({ signal }) => oneEvent(signal, (event) => tracked('1', event))),
});

test('an idle stream does not keep its last event in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  await using server = await serve(createNodeHandler({ router }));
  for (const path of ['/plain', '/tracked']) {
    using connection = await RawConnection.open(server.port);
    connection.get(path);
    await connection.expect('the last event');
    await connection.expect('event: ping');
    await until(() => {
      collectGarbage();
      return sent.at(-1)?.deref() === undefined;
    }, `the event of ${path} to be collected`);
  }
  expect(sent).toHaveLength(2);
});
