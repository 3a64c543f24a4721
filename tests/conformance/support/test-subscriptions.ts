import { tracked, TRPCError } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { z } from 'zod';
import type { TestRoot } from './test-root.ts';

const resumeInput = z.object({ lastEventId: z.string().nullish(), upTo: z.number().default(3) }).optional();

export function subscriptionsOf({ router, procedure }: TestRoot) {
  return router({
    count: procedure.input(z.object({ upTo: z.number() })).subscription(async function* ({ input }) {
      for (let value = 1; value <= input.upTo; value += 1) yield value;
    }),
    resume: procedure.input(resumeInput).subscription(async function* ({ input }) {
      const start = Number(input?.lastEventId ?? 0);
      for (let id = start + 1; id <= (input?.upTo ?? 3); id += 1) yield tracked(String(id), { id });
    }),
    loose: procedure.input(z.unknown()).subscription(async function* ({ input }) {
      yield { input };
    }),
    mixed: procedure.input(resumeInput).subscription(async function* () {
      yield 'before any id';
      yield tracked('a', 'first');
      yield 'between';
      yield tracked('b', { second: true });
      yield 'last';
    }),
    values: procedure.subscription(async function* () {
      yield undefined;
      yield null;
      yield '';
      yield 'two\nlines\r\n';
      yield new Date(0);
      yield { date: new Date(0), map: new Map([[1, 2]]) };
      yield tracked('d', { date: new Date(1) });
    }),
    none: procedure.subscription(async function* () {}),
    throwsFirst: procedure.subscription(async function* () {
      yield* await Promise.reject<never[]>(new TRPCError({ code: 'FORBIDDEN', message: 'not for you' }));
    }),
    throwsLater: procedure.input(z.enum(['trpc', 'error', 'string', 'abort'])).subscription(async function* ({
      input,
    }) {
      yield 1;
      if (input === 'trpc') throw new TRPCError({ code: 'CONFLICT', message: 'too late' });
      if (input === 'error') throw new Error('a plain error');
      if (input === 'abort') throw new DOMException('gone', 'AbortError');
      throw 'a string';
    }),
    throwsBefore: procedure.subscription((): AsyncIterable<number> => {
      throw new TRPCError({ code: 'UNAUTHORIZED', message: 'before it began' });
    }),
    unserializable: procedure.subscription(async function* () {
      yield 1;
      yield 10n;
      yield 2;
    }),
    notIterable: procedure.subscription((() => 'a string') as never),
    observed: procedure.subscription(() =>
      observable<number>((observer) => {
        for (const value of [1, 2, 3]) observer.next(value);
        observer.complete();
      }),
    ),
    observedLater: procedure.subscription(() =>
      observable<number>((observer) => {
        const timer = setTimeout(() => {
          observer.next(1);
          observer.error(new TRPCError({ code: 'TIMEOUT', message: 'observed' }));
        }, 5);
        return () => clearTimeout(timer);
      }),
    ),
    iterable: procedure.subscription((): AsyncIterable<number> => {
      let value = 0;
      const next = async (): Promise<IteratorResult<number>> =>
        value < 2 ? { done: false, value: (value += 1) } : { done: true, value: undefined };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    }),
    endless: procedure.subscription(async function* ({ signal }) {
      for (let value = 0; signal?.aborted !== true; value += 1) {
        yield tracked(String(value), value);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }),
    /** One event takes longer than `maxDurationMs` in the test. */
    climb: procedure.input(resumeInput).subscription(async function* ({ input }) {
      for (let value = Number(input?.lastEventId ?? 0) + 1; ; value += 1) {
        yield tracked(String(value), value);
        await new Promise((resolve) => setTimeout(resolve, 110));
      }
    }),
    /** Fails after each event. */
    stumble: procedure.input(resumeInput).subscription(async function* ({ input }) {
      const value = Number(input?.lastEventId ?? 0) + 1;
      yield tracked(String(value), value);
      throw new TRPCError({ code: 'CONFLICT', message: 'stumbled' });
    }),
    /** Yields one event, and stays silent after it. */
    sleepy: procedure.subscription(async function* ({ signal }) {
      yield 'awake';
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    }),
    whoami: procedure.subscription(async function* ({ ctx }) {
      yield ctx.user;
    }),
    /** The same, and stays open. */
    watchWhoami: procedure.subscription(async function* ({ ctx, signal }) {
      yield ctx.user;
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    }),
    silent: procedure.subscription(async function* ({ signal }) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      yield* [];
    }),
  });
}
