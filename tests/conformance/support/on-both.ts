import { createTRPCUntypedClient, type TRPCClientError, type TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter, TRPCDataTransformer } from '@trpc/server';
import superjson from 'superjson';
import { expect } from 'vitest';
import { noTransformer } from './no-transformer.ts';
import { serveBoth, type ServeOptions } from './serve-both.ts';

export type UntypedClient = ReturnType<typeof createTRPCUntypedClient<AnyTRPCRouter>>;

export interface ClientSetup extends ServeOptions {
  links: (options: { url: string; transformer: TRPCDataTransformer }) => TRPCLink<AnyTRPCRouter>[];
}

/** Has a stock client do the same with both servers, expects that it sees the same, and gives what it saw. */
export async function onBoth<TSeen>(
  { links, ...options }: ClientSetup,
  use: (client: UntypedClient) => Promise<TSeen>,
): Promise<TSeen> {
  await using servers = await serveBoth(options);
  const transformer = options.transformer === 'superjson' ? superjson : noTransformer;
  const seenBy = ({ url }: { url: string }): Promise<TSeen> =>
    use(createTRPCUntypedClient<AnyTRPCRouter>({ links: links({ url, transformer }) }));
  const [expected, actual] = await Promise.all([seenBy(servers.stock), seenBy(servers.ours)]);
  expect(actual).toEqual(expected);
  return actual;
}

/** What a caller learns of a call: its result, or all there is in its error. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (cause) {
    const { name, message, shape, data } = cause as TRPCClientError<AnyTRPCRouter>;
    return { name, message, shape, data };
  }
}
