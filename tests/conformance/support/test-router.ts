// A router whose procedures cover tRPC's protocol, with or without a transformer.
import { setTimeout as delay } from 'node:timers/promises';
import { lazy, TRPCError } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import { lazyRouterOf } from './lazy-router.ts';
import { oddValues } from './odd-values.ts';
import { createRoot, type TestRouterOptions } from './test-root.ts';
import { resultsOf } from './test-results.ts';
import { subscriptionsOf } from './test-subscriptions.ts';

export function createTestRouter(options: TestRouterOptions) {
  const t = createRoot(options);
  const { procedure, router } = t;
  const named = procedure.input(z.object({ name: z.string().min(1) }));

  return router({
    greet: named.query(({ input }) => `Hello ${input.name}`),
    save: named.mutation(({ input, ctx }) => ({ saved: input.name, by: ctx.user })),
    echo: procedure.input(z.unknown()).query(({ input }) => input),
    store: procedure.input(z.unknown()).mutation(({ input }) => ({ stored: input })),
    touch: procedure.mutation(() => 'touched'),
    now: procedure.query(({ path, batchIndex }) => ({ path, batchIndex })),
    empty: procedure.query(() => undefined),
    nothing: procedure.query(() => null),
    odd: procedure.input(z.string()).query(({ input }) => oddValues()[input]),
    nested: router({
      deep: router({
        value: procedure.query(() => ({ at: 'nested.deep.value' })),
        'with-dash_and.dot': procedure.query(() => 'odd name'),
      }),
    }),
    checked: procedure.output(z.object({ id: z.number() })).query(() => ({ id: 'not a number' }) as never),
    stripped: procedure.output(z.object({ id: z.number() })).query(() => ({ id: 1, secret: 'x' })),
    fail: procedure.input(z.string()).query(({ input }) => {
      throw new TRPCError({ code: z.enum(errorCodes).parse(input), message: `failed with ${input}` });
    }),
    failMutation: procedure.input(z.string()).mutation(({ input }) => {
      throw new TRPCError({ code: z.enum(errorCodes).parse(input), message: `failed with ${input}` });
    }),
    throws: procedure.input(z.string()).query(({ input }) => {
      throw thrown[input];
    }),
    shaped: procedure
      .errors(({ shape, error }) =>
        error.code === 'CONFLICT' ? { ...shape, data: { ...shape.data, own: true } } : undefined,
      )
      .input(z.enum(['CONFLICT', 'FORBIDDEN']))
      .query(({ input }) => {
        throw new TRPCError({ code: input });
      }),
    guarded: procedure
      .use(({ ctx, next }) => next({ ctx: { role: `${ctx.user} as admin` } }))
      .use(async ({ next, getRawInput }) => {
        const raw = await getRawInput();
        return raw === 'stop' ? Promise.reject(new TRPCError({ code: 'FORBIDDEN' })) : next();
      })
      .input(z.string())
      .use(({ next, input }) => next({ input: `${input}!` }))
      .query(({ ctx, input }) => [ctx.role, ctx.user, input]),
    cookie: procedure.query(({ ctx }) => {
      ctx.setHeader('set-cookie', 'from=procedure');
      return 'baked';
    }),
    teapot: procedure.query(({ ctx }) => {
      ctx.setStatus(418);
      return 'short and stout';
    }),
    promised: procedure.query(() => ({ value: Promise.resolve(1) })),
    generated: procedure.query(async function* () {
      yield 1;
      yield 2;
    }),
    slow: procedure.query(() => delay(300, 'late')),
    form: procedure.input(z.instanceof(FormData)).mutation(async ({ input }) => {
      const entries: unknown[] = [];
      for (const [name, value] of input)
        entries.push([name, value instanceof File ? await value.text() : value]);
      return entries;
    }),
    bytes: procedure.input(octetInputParser).mutation(async ({ input }) => {
      return { length: (await new Response(input).arrayBuffer()).byteLength };
    }),
    lazy: lazy(() => Promise.resolve(lazyRouterOf(t))),
    on: subscriptionsOf(t),
    results: resultsOf(t),
  });
}

const errorCodes = Object.keys(TRPC_ERROR_CODES_BY_KEY) as (keyof typeof TRPC_ERROR_CODES_BY_KEY)[];

const thrown: Record<string, unknown> = {
  error: new Error('a plain error'),
  string: 'a string',
  object: { message: 'an object', code: 42 },
  null: null,
  abort: new DOMException('gone', 'AbortError'),
};
