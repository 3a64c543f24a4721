// Runs stock clients with each of tRPC's links against both servers, and compares what they receive.
import { httpBatchLink, httpBatchStreamLink, httpLink, isNonJsonSerializable, splitLink } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { onBoth, outcomeOf, type ClientSetup, type UntypedClient } from './support/on-both.ts';

type Links = ClientSetup['links'];

const links: Record<string, Links> = {
  httpLink: (options) => [httpLink(options)],
  httpBatchLink: (options) => [httpBatchLink(options)],
  'httpBatchLink with short URLs': (options) => [httpBatchLink({ ...options, maxURLLength: 300 })],
  'httpBatchLink with batches of two': (options) => [httpBatchLink({ ...options, maxItems: 2 })],
  httpBatchStreamLink: (options) => [httpBatchStreamLink(options)],
  'httpBatchStreamLink by the accept header': (options) => [
    httpBatchStreamLink({ ...options, streamHeader: 'accept' }),
  ],
  splitLink: (options) => [
    splitLink({
      condition: ({ input }) => isNonJsonSerializable(input),
      true: httpLink(options),
      false: httpBatchStreamLink(options),
    }),
  ],
};

const overridden: Record<string, Links> = {
  httpLink: (options) => [httpLink({ ...options, methodOverride: 'POST' })],
  httpBatchLink: (options) => [httpBatchLink({ ...options, methodOverride: 'POST' })],
  httpBatchStreamLink: (options) => [httpBatchStreamLink({ ...options, methodOverride: 'POST' })],
};

/** Makes calls of all kinds concurrently, so that batching links batch them. */
function callAll(client: UntypedClient): Promise<unknown[]> {
  return Promise.all(
    [
      client.query('greet', { name: 'ada' }),
      client.query('greet', { name: '' }),
      client.query('echo', { list: [1, 'two', null], text: 'é漢🎉 & = + %' }),
      client.query('echo'),
      client.query('empty'),
      client.query('nothing'),
      client.query('fail', 'FORBIDDEN'),
      client.query('throws', 'error'),
      client.query('nope'),
      client.query('nested.deep.value'),
      client.query('shaped', 'CONFLICT'),
      client.query('checked'),
      client.query('lazy.hello', 'you'),
      client.mutation('save', { name: 'x' }),
      client.mutation('save', { name: 1 }),
      client.mutation('failMutation', 'TOO_MANY_REQUESTS'),
      client.mutation('touch'),
      client.mutation('store', { text: 'y'.repeat(500) }),
    ].map(outcomeOf),
  );
}

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  test.each(Object.entries(links))('%s receives the same results and errors', async (_name, link) => {
    const seen = await onBoth({ transformer, links: link }, callAll);
    expect(seen[0]).toEqual({ result: 'Hello ada' });
    expect(seen[6]).toMatchObject({ name: 'TRPCClientError', data: { code: 'FORBIDDEN', httpStatus: 403 } });
  });

  test.each(Object.entries(overridden))(
    '%s with method override receives the same results and errors',
    async (_name, link) => {
      const seen = await onBoth({ transformer, links: link, allowMethodOverride: true }, callAll);
      expect(seen[0]).toEqual({ result: 'Hello ada' });
    },
  );

  test.each(Object.entries(links))(
    '%s receives the same errors from a server without batching',
    async (_name, link) => {
      await onBoth({ transformer, links: link, allowBatching: false }, callAll);
    },
  );

  test.each(['httpLink', 'splitLink'])('%s sends forms and byte streams', async (name) => {
    const link = links[name] as Links;
    const seen = await onBoth({ transformer, links: link }, (client) => {
      const form = new FormData();
      form.append('title', 'a title');
      form.append('file', new File(['contents'], 'a.txt'));
      return Promise.all(
        [
          client.mutation('form', form),
          client.mutation('bytes', new Uint8Array([1, 2, 3])),
          client.mutation('bytes', new Blob(['four'])),
          client.mutation('bytes', new Uint8Array(200_000)),
          client.mutation('form', new Uint8Array([1])),
        ].map(outcomeOf),
      );
    });
    expect(seen).toMatchObject([
      {
        result: [
          ['title', 'a title'],
          ['file', 'contents'],
        ],
      },
      { result: { length: 3 } },
      { result: { length: 4 } },
      { data: { code: 'PAYLOAD_TOO_LARGE' } },
      { data: { code: 'BAD_REQUEST' } },
    ]);
  });

  test('httpBatchStreamLink streams generators and promises', async () => {
    const seen = await onBoth(
      { transformer, links: (options) => [httpBatchStreamLink(options)] },
      async (client) => {
        const values: unknown[] = [];
        const [generated, promised] = await Promise.all([
          client.query('generated'),
          client.query('promised'),
        ]);
        for await (const value of generated as AsyncIterable<unknown>) values.push(value);
        return [values, await (promised as { value: Promise<unknown> }).value];
      },
    );
    expect(seen).toEqual([[1, 2], 1]);
  });
});

test('superjson carries values that JSON cannot represent', async () => {
  const seen = await onBoth(
    { transformer: 'superjson', links: (options) => [httpBatchLink(options)] },
    (client) =>
      Promise.all(
        ['date', 'map', 'bigint', 'numbers', 'absent'].map((name) => outcomeOf(client.query('odd', name))),
      ),
  );
  expect(seen).toEqual([
    { result: new Date(0) },
    { result: new Map([['a', new Set([1])]]) },
    { result: 10n },
    { result: [Number.NaN, Infinity, -Infinity, -0, 0] },
    { result: { a: undefined, b: { c: undefined } } },
  ]);
});

test('a custom path separator works', async () => {
  const seen = await onBoth(
    {
      transformer: 'none',
      pathSeparator: '~',
      links: (options) => [httpBatchLink({ ...options, pathSeparator: '~' })],
    },
    (client) =>
      Promise.all(['nested.deep.value', 'greet'].map((path) => outcomeOf(client.query(path, { name: 'x' })))),
  );
  expect(seen).toEqual([{ result: { at: 'nested.deep.value' } }, { result: 'Hello x' }]);
});
