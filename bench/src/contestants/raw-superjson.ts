// Raw node:http with the work that superjson does in a tRPC router that uses it as its transformer.
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
