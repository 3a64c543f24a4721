// Sends random requests, made from parts of real ones and from nonsense, to both servers.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { expectSame } from './support/expect-same.ts';
import { encoder, type Encode } from './support/request-cases.ts';
import type { TestRequest } from './support/send.ts';
import { serveBoth } from './support/serve-both.ts';

const names = fc.constantFrom(
  ...[
    'greet',
    'save',
    'echo',
    'store',
    'touch',
    'now',
    'empty',
    'odd',
    'nested.deep.value',
    'fail',
    'throws',
    'shaped',
  ],
  ...[
    'guarded',
    'generated',
    'lazy.hello',
    'on.count',
    'on.resume',
    'on.loose',
    'on.throwsLater',
    'on.mixed',
    'nope',
  ],
);

/** Characters that node accepts in a request target. */
const targetText = fc.string({
  unit: fc.constantFrom(...Array.from('abZ09-._~!$&()*+,;=:@/%?#|"<>{}^`\\\'é\u00ff')),
  maxLength: 12,
});

/** Dot segments lead out of the router's base path, where the adapters differ on purpose (see the README). */
const isInside = (path: string): boolean => !/(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)/i.test(path);

const paths = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(names, { minLength: 1, maxLength: 4 }).map((list) => list.join(',')) },
    targetText,
  )
  .filter(isInside);

function inputs(encode: Encode): fc.Arbitrary<string> {
  const decoded = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.string() }),
    fc.record(
      { upTo: fc.nat(5), lastEventId: fc.constantFrom('0', '1', '2', '') },
      { requiredKeys: ['upTo'] },
    ),
    fc.constantFrom('FORBIDDEN', 'error', 'date', 'shared', 'trpc', null),
  );
  // superjson refuses these names itself, before a request is sent.
  const isSafe = (input: unknown): boolean =>
    !/"(?:__proto__|constructor|prototype)":/.test(JSON.stringify(input));
  const encoded = decoded.filter(isSafe).map((input) => encode(input));
  return fc.oneof(
    { weight: 3, arbitrary: encoded.map((input) => JSON.stringify(input)) },
    {
      weight: 3,
      arbitrary: fc.array(encoded, { maxLength: 4 }).map((list) => JSON.stringify(Object.assign({}, list))),
    },
    fc.json(),
    fc.string(),
  );
}

function requests(encode: Encode): fc.Arbitrary<TestRequest> {
  const search = fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: inputs(encode).map((input) => `input=${encodeURIComponent(input.toWellFormed())}`),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('batch=1', 'batch=0', 'batch', 'lastEventId=1', 'Last-Event-Id=2'),
      },
      fc.constantFrom(
        'connectionParams=%7B%7D',
        'connectionParams=x',
        'b%61tch=1',
        'in+put=1',
        'input=%ff',
        'input=1+1',
      ),
      targetText.map((text) => `input=${text}`),
      targetText,
    ),
    { maxLength: 4 },
  );
  const headers = fc.record(
    {
      'content-type': fc.constantFrom(
        ...[
          'application/json',
          'application/json',
          'application/json;charset=utf-8',
          'APPLICATION/JSON ',
          'text/plain',
          '',
        ],
      ),
      accept: fc.constantFrom('*/*', 'text/event-stream', 'application/json, text/plain'),
      'last-event-id': fc.constantFrom('1', '2', '', 'x'),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'),
    path: fc.tuple(paths, search).map(([path, fields]) => `/trpc/${path}?${fields.join('&')}`),
    headers,
    body: inputs(encode),
  });
}

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  test.each([
    ['with default options', {}],
    ['with method override and formatted errors', { allowMethodOverride: true, errors: 'formatted' }],
  ] as const)(
    "any request gets the response of tRPC's own adapter, %s",
    { timeout: 60_000 },
    async (_setup, options) => {
      await using servers = await serveBoth({ transformer, ...options });
      await fc.assert(
        fc.asyncProperty(requests(encoder(transformer)), async (request) => {
          await expectSame(servers, request);
        }),
        { numRuns: 250 },
      );
    },
  );
});
