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

/** Runs a stock client against both servers, expects equal results, and returns them. */
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

/** The result of a call, or all fields of its error. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (cause) {
    const { name, message, shape, data } = cause as TRPCClientError<AnyTRPCRouter>;
    return { name, message, shape, data };
  }
}
