import { once } from 'node:events';
import { initTRPC, TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { serve } from './support/serve.ts';

const t = initTRPC.create();
const router = t.router({
  fail: t.procedure.query(() => {
    throw new TRPCError({ code: 'CONFLICT' });
  }),
  refuse: t.procedure.subscription((): AsyncIterable<number> => {
    throw new TRPCError({ code: 'FORBIDDEN' });
  }),
  breakOff: t.procedure.subscription(async function* () {
    yield 1;
    throw new Error('broken off');
  }),
});

test('an onError that throws costs no client its response, and becomes a process warning', async () => {
  const failure = new Error('the log is full');
  await using server = await serve(
    createNodeHandler({
      router,
      onError: () => {
        throw failure;
      },
    }),
  );
  for (const [path, status] of [
    ['fail', 409],
    ['breakOff', 200],
    ['%zz', 400],
  ] as const) {
    const warned = once(process, 'warning');
    const response = await fetch(`${server.url}/${path}`);
    expect(response.status).toBe(status);
    await response.text();
    expect(await warned).toEqual([failure]);
  }
});

test('a transformer that fails on everything closes the connection and becomes a process warning', async () => {
  const failure = new Error('the transformer fails');
  const serialize = (): never => {
    throw failure;
  };
  const broken = initTRPC.create({ transformer: { serialize, deserialize: (value: unknown) => value } });
  await using server = await serve(
    createNodeHandler({ router: broken.router({ one: broken.procedure.query(() => 1) }) }),
  );
  const warned = once(process, 'warning');
  await expect(fetch(`${server.url}/one`)).rejects.toThrow('fetch failed');
  expect(await warned).toEqual([failure]);
});

test('a subscription that fails before or after it starts is reported once', async () => {
  const reported: string[] = [];
  await using server = await serve(
    createNodeHandler({
      router,
      onError: ({ error, path, req }) => void reported.push(`${error.code} ${path} ${req.method}`),
    }),
  );
  await (await fetch(`${server.url}/refuse`)).text();
  await (await fetch(`${server.url}/breakOff`)).text();
  expect(reported).toEqual(['FORBIDDEN refuse GET', 'INTERNAL_SERVER_ERROR breakOff GET']);
});

test('a ping interval longer than reconnectAfterInactivityMs is refused when the handler is created', () => {
  const { router: build } = initTRPC.create({
    sse: { ping: { enabled: true, intervalMs: 2_000 }, client: { reconnectAfterInactivityMs: 1_000 } },
  });
  expect(() => createNodeHandler({ router: build({}) })).toThrow('must not be longer than');
});

test('createContext is a required option for a router with a context', () => {
  const { router: build } = initTRPC.context<{ user: string }>().create();
  // @ts-expect-error createContext is missing
  createNodeHandler({ router: build({}) });
  // @ts-expect-error the context has no user
  createNodeHandler({ router: build({}), createContext: () => ({}) });
  createNodeHandler({ router: build({}), createContext: ({ req }) => ({ user: req.headers.from ?? '' }) });
});
