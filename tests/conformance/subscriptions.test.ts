// Compares the bytes of subscriptions with those that tRPC's own adapter writes.
import { afterAll, describe, expect, test } from 'vitest';
import { expectSame } from './support/expect-same.ts';
import { encoder, type Encode } from './support/request-cases.ts';
import { send, type TestRequest } from './support/send.ts';
import { serveBoth, type ServedRouter, type ServeOptions } from './support/serve-both.ts';

function subscriptionCases(encode: Encode): Record<string, TestRequest> {
  const get = (path: string, input?: unknown, headers: Record<string, string> = {}): TestRequest => ({
    path: `/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(encode(input)))}`}`,
    headers: { accept: 'text/event-stream', ...headers },
  });
  const also = (request: TestRequest, search: string): TestRequest => ({
    ...request,
    path: `${request.path}${request.path.includes('?') ? '&' : '?'}${search}`,
  });
  return {
    'untracked events': get('on.count', { upTo: 5 }),
    'tracked events': get('on.resume'),
    'no events': get('on.none'),
    'many events': get('on.count', { upTo: 500 }),
    'a last event id in the header': get('on.resume', undefined, { 'last-event-id': '1' }),
    'a last event id in the header, and an input': get('on.resume', { upTo: 4 }, { 'last-event-id': '2' }),
    'a last event id in the input': get('on.resume', { lastEventId: '1' }),
    'a last event id in the URL': also(get('on.resume'), 'lastEventId=2'),
    'a last event id in the URL, named like the header': also(
      get('on.resume', { upTo: 5 }),
      'Last-Event-Id=3',
    ),
    'last event ids everywhere': also(
      get('on.resume', { lastEventId: '0' }, { 'last-event-id': '2' }),
      'lastEventId=1',
    ),
    'an empty last event id': get('on.mixed', undefined, { 'last-event-id': '' }),
    'a last event id and an input that is not an object': get('on.loose', 'text', { 'last-event-id': '7' }),
    'a last event id and an input that is a list': get('on.loose', [1], { 'last-event-id': '7' }),
    'a last event id and no input': get('on.loose', undefined, { 'last-event-id': '7' }),
    'a last event id and an input of null': get('on.loose', null, { 'last-event-id': '7' }),
    'a last event id in capitals, encoded': also(get('on.loose'), 'lastEventId=%41%20b'),
    'a last event id that cannot be sent back': also(get('on.mixed'), 'lastEventId=a%0Ab'),
    'tracked and untracked events': get('on.mixed'),
    'tracked and untracked events after a last event id': get('on.mixed', undefined, {
      'last-event-id': 'z',
    }),
    'values of all kinds': get('on.values'),
    'a failure before the first event': get('on.throwsFirst'),
    'a failure before the stream starts': get('on.throwsBefore'),
    ...Object.fromEntries(
      ['trpc', 'error', 'string', 'abort'].map((kind) => [
        `a failure later: ${kind}`,
        get('on.throwsLater', kind),
      ]),
    ),
    'an event that cannot be serialized': get('on.unserializable'),
    'a result that is not iterable': get('on.notIterable'),
    'an observable': get('on.observed'),
    'an observable that fails': get('on.observedLater'),
    'an iterable that is not a generator': get('on.iterable'),
    'an input that does not validate': get('on.count', { upTo: 'x' }),
    'an input that is not JSON': { path: '/trpc/on.count?input=%7B' },
    'a subscription that does not exist': get('on.nope'),
    'a lazy subscription': get('lazy.ticks'),
    'a subscription by POST': {
      ...get('on.count'),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    },
    'a subscription by POST with an input': {
      method: 'POST',
      path: '/trpc/on.count',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(encode({ upTo: 2 })),
    },
    'a subscription by HEAD': { ...get('on.count', { upTo: 2 }), method: 'HEAD' },
    'connection parameters': also(get('on.none'), 'connectionParams=%7B%22a%22%3A%22b%22%7D'),
    'connection parameters that are not JSON': also(get('on.none'), 'connectionParams=%7B'),
  };
}

const setups: Record<string, Partial<ServeOptions>> = {
  'with formatted errors': { errors: 'formatted' },
  'with errors that have no data': { errors: 'bare' },
  'with method override': { allowMethodOverride: true },
  'with subscriptions switched off': { sse: { enabled: false } },
  'with options for the client': { sse: { client: { reconnectAfterInactivityMs: 5_000 } } },
  'with pings that are not due': {
    sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 5_000 } },
  },
  'with a context that fails': {
    createContext: () => {
      throw new Error('createContext fails');
    },
  },
  'with headers and a status from responseMeta': {
    responseMeta: ({ eagerGeneration, data, errors, type }) => ({
      status: 202,
      headers: {
        'x-seen': JSON.stringify([eagerGeneration, data, errors, type]),
        'cache-control': 'no-store',
      },
    }),
  },
  'with cookies and a status from the context': {
    createContext: (context) => {
      context.setHeader('set-cookie', 'one=1');
      context.setStatus(203);
      return context;
    },
  },
};

async function timeOf(server: ServedRouter, untilText: string): Promise<number> {
  const startedMs = performance.now();
  await send(server, { path: '/trpc/on.silent' }, untilText);
  return performance.now() - startedMs;
}

describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
  const cases = Object.entries(subscriptionCases(encoder(transformer)));

  describe('with default options', () => {
    const servers = serveBoth({ transformer });
    afterAll(async () => (await servers)[Symbol.asyncDispose]());
    test.each(cases)('%s: both servers send the same bytes', async (_title, request) => {
      await expectSame(await servers, request);
    });
  });

  test.each(Object.entries(setups))('%s, every subscription gets the same bytes', async (_setup, options) => {
    await using servers = await serveBoth({ transformer, ...options });
    for (const [title, request] of cases) await expectSame(servers, request, { title });
  });

  test('an endless stream sends the same bytes while the client is connected', async () => {
    await using servers = await serveBoth({ transformer });
    const { body } = await expectSame(servers, { path: '/trpc/on.endless' }, { untilText: 'id: 9\n\n\n' });
    expect(body.match(/^data: /gm)?.length).toBeGreaterThanOrEqual(10);
  });

  test('a stream that reaches maxDurationMs ends without `return`, so that the client reconnects', async () => {
    await using servers = await serveBoth({ transformer, sse: { maxDurationMs: 100 } });
    const { body } = await expectSame(servers, { path: '/trpc/on.silent' });
    expect(body).toBe('event: connected\ndata: {}\n\n\n');
  });

  test('pings have the same bytes and the same interval', async () => {
    await using servers = await serveBoth({ transformer, sse: { ping: { enabled: true, intervalMs: 60 } } });
    const pings = Array.from({ length: 3 }, () => 'event: ping\ndata: \n\n\n').join('');
    const { body } = await expectSame(servers, { path: '/trpc/on.silent' }, { untilText: pings });
    expect(body).toBe(`event: connected\ndata: {}\n\n\n${pings}`);
    const [stockMs, oursMs] = await Promise.all([timeOf(servers.stock, pings), timeOf(servers.ours, pings)]);
    expect(oursMs).toBeGreaterThan(stockMs / 2);
    expect(oursMs).toBeLessThan(stockMs * 2);
  });
});
