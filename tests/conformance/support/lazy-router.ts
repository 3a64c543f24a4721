import { z } from 'zod';
import type { TestRoot } from './test-root.ts';

export function lazyRouterOf({ router, procedure }: TestRoot) {
  return router({
    hello: procedure.input(z.string().optional()).query(({ input }) => `lazily ${input ?? 'nobody'}`),
    ticks: procedure.subscription(async function* () {
      yield 1;
    }),
  });
}
