// Raw node:http with the work of superjson as the transformer of a tRPC router.
import { createServer } from 'node:http';
import superjson from 'superjson';
import type { Contestant } from './contestant.ts';
import { answerRawCalls, rawProcedures, rawUnaryRequest, type Encoding } from './raw-calls.ts';

const encoding: Encoding = {
  parse: (text) => superjson.deserialize(JSON.parse(text)),
  stringify: (value) => JSON.stringify(superjson.serialize(value)),
};

export const rawSuperjson: Contestant = {
  unaryRequest: rawUnaryRequest(encoding),
  createServer: () => createServer(answerRawCalls(rawProcedures, encoding)),
};
