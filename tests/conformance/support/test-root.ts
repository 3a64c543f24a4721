// The tRPC instance of the test router and its parts.
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { noTransformer } from './no-transformer.ts';

export interface TestContext {
  user: string;
  setHeader: (name: string, value: string) => void;
  setStatus: (status: number) => void;
}

export interface TestRouterOptions {
  transformer: 'superjson' | 'none';
  pathSeparator?: '.' | '~';
  sse?: {
    enabled?: boolean;
    maxDurationMs?: number;
    ping?: { enabled: boolean; intervalMs?: number };
    client?: { reconnectAfterInactivityMs?: number };
  };
  jsonl?: { pingMs?: number };
  errors?: 'default' | 'formatted' | 'bare' | 'throwing';
}

export type TestRoot = ReturnType<typeof createRoot>;

export function createRoot({
  transformer,
  pathSeparator = '.',
  sse = {},
  jsonl = {},
  errors = 'default',
}: TestRouterOptions) {
  return initTRPC.context<TestContext>().create({
    isDev: false,
    transformer: transformer === 'superjson' ? superjson : noTransformer,
    pathSeparator,
    sse,
    jsonl,
    errorFormatter({ shape, error, path, type, input, ctx }) {
      if (errors === 'throwing') throw new Error('the formatter fails');
      if (errors === 'bare') return { code: shape.code, message: shape.message, data: {} };
      if (errors === 'default') return shape;
      return {
        ...shape,
        data: { ...shape.data, cause: error.cause?.message, at: path, type, input, user: ctx?.user },
      };
    },
  });
}
