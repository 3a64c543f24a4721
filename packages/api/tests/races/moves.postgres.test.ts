import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { expect, test } from 'vitest';
import { appRouter } from '../../src/root.ts';
import { moves } from './moves.ts';

const router: AnyTRPCRouter = appRouter;

test('every mutation of the router is raced on a shared object', () => {
  const mutations = Object.entries<AnyTRPCProcedure>(router._def.procedures)
    .filter(([, procedure]) => procedure._def.type === 'mutation')
    .map(([path]) => path);
  const raced = new Set(moves.map(({ path }) => path));
  // A new mutation: add it to moves.ts, on the objects that it shares with others.
  expect(mutations.filter((path) => !raced.has(path))).toEqual([]);
  expect([...raced].filter((path) => !Object.hasOwn(router._def.procedures, path))).toEqual([]);
});
