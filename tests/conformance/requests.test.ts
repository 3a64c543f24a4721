// Sends queries, mutations, batches and malformed requests to both servers, and compares the responses.
import { afterAll, describe, test } from 'vitest';
import { expectSame } from './support/expect-same.ts';
import { knownDifferences } from './support/known-differences.ts';
import { encoder, requestCases } from './support/request-cases.ts';
import { serveBoth, type ServeOptions } from './support/serve-both.ts';

/** Server options. Each setup gets all requests. */
const setups: Record<string, Partial<ServeOptions>> = {
  'with formatted errors': { errors: 'formatted' },
  'with errors that have no data': { errors: 'bare' },
  'with an error formatter that fails': { errors: 'throwing' },
  'with method override': { allowMethodOverride: true },
  'without batches': { allowBatching: false },
  'with batches of at most two calls': { maxBatchSize: 2 },
  'with subscriptions switched off': { sse: { enabled: false } },
  'with another path separator': { pathSeparator: '~' },
  'with headers and a status from responseMeta': {
    responseMeta: ({ errors, paths, type, eagerGeneration, data, info, ctx }) => ({
      ...(errors.length > 0 && { status: 222 }),
      headers: new Headers([
        ['x-seen', JSON.stringify([paths, type, eagerGeneration, data.length, info?.isBatchCall, ctx?.user])],
        ['vary', 'cookie'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ]),
    }),
  },
  'with headers in a record from responseMeta': {
    responseMeta: () => ({
      headers: { 'content-type': 'application/x', 'x-list': ['a', 'b'], 'x-none': undefined },
    }),
  },
  'with a responseMeta that fails': {
    responseMeta: () => {
      throw new Error('responseMeta fails');
    },
  },
  'with a context that fails': {
    createContext: () => {
      throw new Error('createContext fails');
    },
  },
  'with cookies, headers and a status from the context': {
    createContext: (context, { calls }) => {
      context.setHeader('set-cookie', 'one=1');
      context.setHeader('set-cookie', 'two=2');
      context.setHeader('x-paths', calls.map(({ path }) => path).join());
      context.setHeader('vary', 'x');
      if (calls.length > 1) context.setStatus(201);
      return context;
    },
  },
  'with a middleware that sets headers and answers OPTIONS, as `cors()` does': {
    middleware: (request, response, next) => {
      response.setHeader('access-control-allow-origin', '*');
      if (request.method === 'OPTIONS') response.writeHead(204, { 'content-length': '0' }).end();
      else setImmediate(next);
    },
  },
  'with a middleware that fails': { middleware: (_request, _response, next) => next(new Error('refused')) },
  'with a context that knows the request': {
    createContext: (context, { type, url, accept, connectionParams, isBatchCall, calls, signal }) => {
      const known = [
        type,
        url?.pathname,
        url?.search,
        accept,
        connectionParams,
        isBatchCall,
        calls.length,
        signal.aborted,
      ];
      context.setHeader('x-info', Buffer.from(JSON.stringify(known)).toString('base64'));
      return context;
    },
  },
};

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  const cases = Object.entries(requestCases(encoder(transformer)));

  describe('with default options', () => {
    const servers = serveBoth({ transformer });
    afterAll(async () => (await servers)[Symbol.asyncDispose]());
    test.each(cases)('%s gets the same response', async (_title, request) => {
      await expectSame(await servers, request);
    });
  });

  test.each(Object.entries(setups))('%s, every request gets the same response', async (setup, options) => {
    await using servers = await serveBoth({ transformer, ...options });
    for (const [title, request] of cases) {
      const except = knownDifferences
        .filter((known) => known.setup === setup && known.cases.includes(title))
        .map(({ differs }) => differs);
      await expectSame(servers, request, { title, except });
    }
  });
});
