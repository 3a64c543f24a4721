// Procedures whose results arrive piece by piece in a streamed batch, and procedures that a client can abort.
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { TestRoot } from './test-root.ts';

const idInput = z.object({ id: z.string() });

/** An output parser that checks each value of a generator. */
function numbersOnly(value: unknown): AsyncIterable<number> {
  const values = z
    .custom<AsyncIterable<unknown>>((given) => Symbol.asyncIterator in Object(given))
    .parse(value);
  return (async function* () {
    for await (const one of values) yield z.number().parse(one);
  })();
}

export function resultsOf({ router, procedure }: TestRoot) {
  const ended = new Set<string>();
  const started = new Set<string>();
  return router({
    returns: procedure.query(async function* () {
      yield 1;
      return 'done';
    }),
    throws: procedure.query(async function* () {
      yield 1;
      throw new TRPCError({ code: 'CONFLICT', message: 'too late' });
    }),
    throwsAnything: procedure.query(async function* () {
      yield 1;
      throw new Error('a plain error');
    }),
    wrongValue: procedure.output(numbersOnly).query(async function* () {
      yield 1;
      yield 'two' as never;
    }),
    rejects: procedure.query(() => ({
      kept: Promise.resolve('kept'),
      lost: Promise.reject(new TRPCError({ code: 'FORBIDDEN', message: 'not for you' })),
    })),
    nested: procedure.query(() => ({
      later: Promise.resolve({ values: countTo(2), again: Promise.resolve([new Date(0)]) }),
    })),
    /** Answers after the procedures that come later in its batch. */
    late: procedure.query(() => new Promise((resolve) => setTimeout(resolve, 50, 'late'))),
    endless: procedure.input(idInput).query(async function* ({ input }) {
      try {
        for (let value = 1; ; value += 1) {
          yield value;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        ended.add(input.id);
      }
    }),
    waits: procedure.input(idInput).query(({ input, signal }) => waitForAbort(input.id, signal)),
    waitsToo: procedure.input(idInput).mutation(({ input, signal }) => waitForAbort(input.id, signal)),
    hasStarted: procedure.input(idInput).query(({ input }) => started.has(input.id)),
    hasEnded: procedure.input(idInput).query(({ input }) => ended.has(input.id)),
  });

  function waitForAbort(id: string, signal: AbortSignal | undefined): Promise<void> {
    started.add(id);
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () => {
        ended.add(id);
        resolve();
      });
    });
  }
}

async function* countTo(last: number): AsyncGenerator<number> {
  for (let value = 1; value <= last; value += 1) yield value;
}
