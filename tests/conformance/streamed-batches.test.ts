// Streamed batches (`trpc-accept: application/jsonl`). tRPC guarantees their lines, but not the order of the lines.
import { describe, expect, test } from 'vitest';
import { encoder } from './support/request-cases.ts';
import { send, type TestResponse, type TestRequest } from './support/send.ts';
import { serveBoth } from './support/serve-both.ts';

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  const encode = encoder(transformer);
  const batch = (paths: string, inputs: unknown[], header = 'trpc-accept'): TestRequest => ({
    path: `/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(Object.assign({}, inputs.map(encode))))}`,
    headers: { [header]: 'application/jsonl' },
  });

  test.each([
    ['one call', batch('now', [])],
    ['several calls', batch('greet,fail,empty,nope', [{ name: 'ada' }, 'CONFLICT'])],
    ['a generator and promises', batch('generated,promised', [])],
    ['by the accept header', batch('greet', [{ name: 'ada' }], 'accept')],
    ['a subscription', batch('on.count', [{ upTo: 1 }])],
  ])('%s: both servers send the same lines', async (_title, request) => {
    await using servers = await serveBoth({ transformer });
    const [expected, actual] = await Promise.all([send(servers.stock, request), send(servers.ours, request)]);
    expect(withSortedLines(actual)).toEqual(withSortedLines(expected));
  });

  test('a call that takes long has keep-alives before its result, on both servers', async () => {
    await using servers = await serveBoth({ transformer, jsonl: { pingMs: 50 } });
    for (const server of [servers.stock, servers.ours]) {
      const { body } = await send(server, batch('slow', []));
      expect(body).toMatch(/^\{.*\n {2,}[[{][^]*late/);
    }
  });
});

function withSortedLines({ body, ...head }: TestResponse): unknown {
  return { ...head, lines: body.split('\n').toSorted() };
}
