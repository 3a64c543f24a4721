// Compares our copy of tRPC's middleware loop with tRPC's own.
import { initTRPC, TRPCError, type AnyTRPCProcedure } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { invokeProcedure } from '../src/call/invoke-procedure.ts';

interface Context {
  user: string;
}

const t = initTRPC.context<Context>().meta<{ tag: string }>().create();
const { procedure } = t;
const seen: unknown[] = [];

const recorded = procedure.use(async (options) => {
  const { next, getRawInput, signal, ...rest } = options;
  seen.push(['recorded', rest, await getRawInput(), signal?.aborted, Object.keys(options).toSorted()]);
  const result = await next();
  seen.push(['result', { ...result }]);
  return result;
});

const procedures: Record<string, AnyTRPCProcedure> = {
  'a query': procedure.query(() => 'plain'),
  'a mutation with input and output': recorded
    .input(z.object({ a: z.number() }))
    .output(z.object({ b: z.number() }))
    .mutation(({ input }) => ({ b: input.a, c: 'stripped' })),
  'merged inputs': procedure
    .input(z.object({ a: z.number() }))
    .input(z.object({ b: z.string().default('b') }))
    .query(({ input }) => input),
  'an input that does not validate': procedure.input(z.string()).query(() => 1),
  'an output that does not validate': procedure.output(z.string()).query(() => 1 as never),
  'a context that middlewares extend': recorded
    .use(({ next }) => next({ ctx: { role: 'admin' } }))
    .use(({ next, ctx }) => next({ ctx: { user: `${ctx.user}, ${ctx.role}` } }))
    .query(({ ctx }) => ctx),
  'an input that is replaced': recorded
    .use(({ next }) => next({ input: 'replaced' }))
    .query(({ input }) => input),
  'an input that is replaced with undefined': procedure
    .input(z.unknown())
    .use(({ next }) => next({ input: undefined }))
    .query(({ input }) => [input]),
  'a raw input that is replaced': procedure
    .use(({ next }) => next({ getRawInput: async () => 'raw' }))
    .input(z.string())
    .query(({ input }) => input),
  meta: recorded.meta({ tag: 'x' }).query(() => 'meta'),
  'a middleware that throws': procedure
    .use(() => {
      throw new TRPCError({ code: 'FORBIDDEN' });
    })
    .query(() => 1),
  'a resolver that throws a string': recorded.query(() => {
    throw 'a string';
  }),
  'a middleware that forgets to return': procedure.use((async () => undefined) as never).query(() => 1),
  'a middleware that changes the result': procedure
    .use(async ({ next }) => {
      const result = await next();
      return result.ok ? { ...result, data: 'changed' } : result;
    })
    .query(() => 1),
  'a middleware that calls next twice': procedure
    .use(async ({ next }) => {
      await next({ ctx: { user: 'first' } });
      return next({ ctx: { user: 'second' } });
    })
    .query(({ ctx }) => ctx.user),
  'an error shape of the procedure itself': procedure
    .errors(({ shape, ctx, input }) => ({ ...shape, message: `${ctx.user} ${String(input)}` }))
    .query(() => {
      throw new TRPCError({ code: 'CONFLICT' });
    }),
  'a middleware that is not a function': Object.assign(async () => 'called itself', {
    _def: { type: 'query', middlewares: ['no function'], experimental_caller: false },
  }) as unknown as AnyTRPCProcedure,
};

async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  seen.length = 0;
  const outcome = await call().then(
    (data) => ({ data }),
    (error: unknown) => ({ error, keys: Reflect.ownKeys(Object(error)), cause: Object(error).cause }),
  );
  return { outcome, seen: seen.slice() };
}

test.each(Object.entries(procedures))(
  'invokeProcedure does what calling the procedure does: %s',
  async (_title, called) => {
    const options = {
      path: 'a.path',
      type: called._def.type,
      ctx: { user: 'ada' },
      getRawInput: async () => ({ a: 1 }),
      signal: new AbortController().signal,
      batchIndex: 3,
    };
    const expected = await outcomeOf(() => called(options));
    expect(await outcomeOf(() => invokeProcedure(called, options))).toEqual(expected);
  },
);

test('a procedure with an experimental_caller is called through it', async () => {
  const own = procedure.experimental_caller(
    async ({ invoke, args }) => `called: ${String(await invoke(args[0] as never))}`,
  );
  const called = own.query(() => 'inside') as unknown as AnyTRPCProcedure;
  const options = {
    path: 'p',
    type: 'query' as const,
    ctx: {},
    getRawInput: async () => undefined,
    signal: undefined,
    batchIndex: 0,
  };
  expect(await invokeProcedure(called, options)).toBe('called: inside');
});
