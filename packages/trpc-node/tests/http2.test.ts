import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { initTRPC, tracked } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { until } from './support/until.ts';

const state = { ended: 0, warnings: [] as string[] };
const t = initTRPC.context<{ agent: string | undefined }>().create();
const router = t.router({
  greet: t.procedure.query(({ ctx }) => `Hello ${ctx.agent}`),
  store: t.procedure.input((value: unknown) => value).mutation(({ input }) => input),
  count: t.procedure.subscription(async function* () {
    yield 1;
    yield tracked('2', 2);
  }),
  ticking: t.procedure.subscription(async function* () {
    try {
      for (let value = 0; ; value += 1) {
        yield value;
        await delay(10);
      }
    } finally {
      state.ended += 1;
    }
  }),
  flood: t.procedure.subscription(async function* () {
    try {
      for (;;) yield 'x'.repeat(32 * 1024);
    } finally {
      state.ended += 1;
    }
  }),
});

async function open(): Promise<AsyncDisposable & { session: ClientHttp2Session }> {
  const server = createServer(
    createNodeHandler<typeof router, Http2ServerRequest, Http2ServerResponse>({
      router,
      sse: { maxStallMs: 200 },
      createContext: ({ req, res }) => {
        res.appendHeader('set-cookie', 'a=1');
        return { agent: req.headers['user-agent'] };
      },
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const session = connect(`http://127.0.0.1:${address.port}`);
  return {
    session,
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function send(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: unknown; headers: unknown; body: string }> {
  const stream = session.request({ 'user-agent': 'a test', ...headers });
  stream.end(body);
  const [received] = (await once(stream, 'response')) as [Record<string, unknown>];
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return { status: received[':status'], headers: received, body: text };
}

process.on('warning', ({ message }) => state.warnings.push(message));

test('HTTP/2 serves queries, mutations and batches', async () => {
  await using server = await open();
  const { session } = server;
  expect(await send(session, { ':path': '/greet' })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json', 'set-cookie': ['a=1'] },
    body: '{"result":{"data":"Hello a test"}}',
  });
  const post = { ':method': 'POST', 'content-type': 'application/json' };
  expect((await send(session, { ...post, ':path': '/store' }, '{"a":1}')).body).toBe(
    '{"result":{"data":{"a":1}}}',
  );
  expect(await send(session, { ':path': '/greet,nope?batch=1' })).toMatchObject({ status: 207 });
  expect(await send(session, { ':path': '/store' })).toMatchObject({
    status: 405,
    headers: { allow: 'POST' },
  });
  expect(await send(session, { ':path': '/greet', ':method': 'HEAD' })).toMatchObject({ status: 204 });
});

test('HTTP/2 serves subscriptions without a header that HTTP/2 forbids', async () => {
  await using server = await open();
  expect(await send(server.session, { ':path': '/count' })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: 'event: connected\ndata: {}\n\n\ndata: 1\n\n\ndata: 2\nid: 2\n\n\nevent: return\ndata: \n\n\n',
  });
  expect(state.warnings).toEqual([]);
});

test('an HTTP/2 client that disconnects ends its generator', async () => {
  await using server = await open();
  state.ended = 0;
  const stream = server.session.request({ ':path': '/ticking' });
  await once(stream, 'data');
  stream.close();
  await until(() => state.ended === 1, 'the generator to end');
});

test('an HTTP/2 client that stalls is disconnected', async () => {
  await using server = await open();
  state.ended = 0;
  const stream = server.session.request({ ':path': '/flood' });
  stream.on('error', () => {});
  stream.pause();
  await until(() => state.ended === 1, 'the generator to end');
});
