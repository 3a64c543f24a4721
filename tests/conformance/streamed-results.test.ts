// Results that arrive piece by piece over httpBatchStreamLink, and calls that their client aborts.
import { randomUUID } from 'node:crypto';
import { createTRPCUntypedClient, httpBatchStreamLink, httpLink, type TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, test, vi } from 'vitest';
import { noTransformer } from './support/no-transformer.ts';
import { onBoth, outcomeOf, type ClientSetup, type UntypedClient } from './support/on-both.ts';
import { serveBoth } from './support/serve-both.ts';

const links: ClientSetup['links'] = (options) => [httpBatchStreamLink(options)];

/** The values of a generator, and its return value or its error. */
async function drain(generator: unknown): Promise<unknown> {
  const iterator = (generator as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const values: unknown[] = [];
  try {
    for (;;) {
      const result = await iterator.next();
      if (result.done === true) return { values, returned: result.value as unknown };
      values.push(result.value);
    }
  } catch (cause) {
    const { name, message, data } = cause as TRPCClientError<AnyTRPCRouter>;
    return { values, name, message, data };
  }
}

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  test('generators give the same values, return values and errors', async () => {
    const paths = ['returns', 'throws', 'throwsAnything', 'wrongValue'];
    const seen = await onBoth({ transformer, links }, (client) =>
      Promise.all(paths.map(async (name) => drain(await client.query(`results.${name}`)))),
    );
    expect(seen).toMatchObject([
      { values: [1], returned: 'done' },
      { values: [1], data: { code: 'CONFLICT' } },
      { values: [1], data: { code: 'INTERNAL_SERVER_ERROR' } },
      { values: [1], data: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });

  test('a generator that fails is reported to onError as tRPC reports it', async () => {
    await using servers = await serveBoth({ transformer });
    for (const server of [servers.stock, servers.ours]) {
      const codec = transformer === 'superjson' ? superjson : noTransformer;
      const client = createTRPCUntypedClient<AnyTRPCRouter>({
        links: links({ url: server.url, transformer: codec }),
      });
      await drain(await client.query('results.throws'));
    }
    expect(servers.stock.errors).toHaveLength(1);
    expect(servers.ours.errors).toEqual(servers.stock.errors);
  });

  test('promises inside a result resolve and reject one by one', async () => {
    const seen = await onBoth({ transformer, links }, async (client) => {
      const result = (await client.query('results.rejects')) as Record<string, Promise<unknown>>;
      return Promise.all([
        outcomeOf(result['kept'] ?? Promise.reject()),
        outcomeOf(result['lost'] ?? Promise.reject()),
      ]);
    });
    expect(seen).toMatchObject([{ result: 'kept' }, { data: { code: 'FORBIDDEN' } }]);
  });

  test('generators and promises may be nested in a promise', async () => {
    const seen = await onBoth({ transformer, links }, async (client) => {
      const { later } = (await client.query('results.nested')) as { later: Promise<unknown> };
      const { values, again } = (await later) as { values: unknown; again: Promise<unknown> };
      return [await drain(values), await again];
    });
    expect(seen[0]).toMatchObject({ values: [1, 2] });
  });

  test('a late result does not hold up the others of its batch', async () => {
    const order = await onBoth({ transformer, links }, async (client) => {
      const arrived: unknown[] = [];
      await Promise.all(
        ['results.late', 'now', 'empty'].map(async (path) => {
          await client.query(path);
          arrived.push(path);
        }),
      );
      return arrived;
    });
    expect(order.at(-1)).toBe('results.late');
  });

  test('a client that aborts in the middle of a generator ends it on the server', async () => {
    const seen = await onBoth({ transformer, links }, async (client) => {
      const id = randomUUID();
      const controller = new AbortController();
      const { signal } = controller;
      const values: unknown[] = [];
      let error: unknown;
      try {
        const generated = await client.query('results.endless', { id }, { signal });
        for await (const value of generated as AsyncIterable<unknown>) {
          values.push(value);
          if (values.length === 2) controller.abort();
        }
      } catch (cause) {
        error = (cause as Error).name;
      }
      await expectEnded(client, id);
      return [values, error];
    });
    expect(seen).toEqual([[1, 2], 'AbortError']);
  });
});

test.each([
  ['query', 'results.waits'],
  ['mutation', 'results.waitsToo'],
] as const)('a client that aborts a %s aborts its signal on the server', async (type, path) => {
  await onBoth({ transformer: 'none', links: (options) => [httpLink(options)] }, async (client) => {
    const id = randomUUID();
    const controller = new AbortController();
    const call = client[type](path, { id }, { signal: controller.signal });
    await vi.waitFor(async () => expect(await client.query('results.hasStarted', { id })).toBe(true));
    controller.abort();
    const outcome = await outcomeOf(call);
    await expectEnded(client, id);
    return outcome;
  });
});

async function expectEnded(client: UntypedClient, id: string): Promise<void> {
  await vi.waitFor(async () => expect(await client.query('results.hasEnded', { id })).toBe(true));
}
