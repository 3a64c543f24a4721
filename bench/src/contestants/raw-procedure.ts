// Raw node:http that calls tRPC procedures, and so shows the cost of tRPC without an adapter. The difference of another contestant
// to this one is the cost of its adapter.
import { createServer } from 'node:http';
import { callTRPCProcedure } from '@trpc/server';
import { createTrpcRouter } from '../workload/trpc-router.ts';
import { unaryCallNames, unaryCalls, type UnaryCallName } from '../workload/unary-calls.ts';
import type { Contestant } from './contestant.ts';
import { answerRawCalls, plainJson, rawUnaryRequest, type Procedures } from './raw-calls.ts';

export const rawProcedure: Contestant = {
  unaryRequest: rawUnaryRequest(plainJson),
  createServer(feed) {
    const router = createTrpcRouter(feed);
    const { signal } = new AbortController();
    const toProcedure = (path: UnaryCallName) => (input: unknown) =>
      callTRPCProcedure({
        router,
        path,
        type: unaryCalls[path].isMutation ? 'mutation' : 'query',
        ctx: {},
        getRawInput: () => Promise.resolve(input),
        signal,
        batchIndex: 0,
      });
    const procedures: Procedures = new Map(unaryCallNames.map((name) => [name, toProcedure(name)]));
    return createServer(answerRawCalls(procedures, plainJson));
  },
};
