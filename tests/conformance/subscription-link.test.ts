// Runs httpSubscriptionLink over Node's EventSource and over the ponyfill, and compares what it receives from both servers.
import { httpSubscriptionLink, retryLink, splitLink, httpLink } from '@trpc/client';
import { EventSource as PonyfillEventSource } from 'eventsource';
import { describe, expect, test } from 'vitest';
import { onBoth, type ClientSetup } from './support/on-both.ts';
import { subscribe } from './support/subscribe.ts';

/**
 * Drops the events that Node's experimental EventSource dispatches after `close()`. The HTML standard forbids them, browsers
 * send none, and tRPC's client closes a stream twice because of them. They occur here because trpc-node writes all events of
 * a tick at once.
 */
class NodeEventSource extends globalThis.EventSource {
  override dispatchEvent(event: Event): boolean {
    const isLate = this.readyState === this.CLOSED && event.type !== 'error';
    return isLate || super.dispatchEvent(event);
  }
}

const eventSources = { native: NodeEventSource, ponyfill: PonyfillEventSource };

describe.concurrent.each(Object.entries(eventSources))('EventSource: %s', (_kind, EventSource) => {
  const links: ClientSetup['links'] = (options) => [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ ...options, EventSource }),
      false: httpLink(options),
    }),
  ];

  describe.each(['superjson', 'none'] as const)('transformer: %s', (transformer) => {
    test.each([
      ['on.count', { upTo: 3 }],
      ['on.resume', undefined],
      ['on.mixed', undefined],
      ['on.values', undefined],
      ['on.none', undefined],
      ['on.observed', undefined],
      ['on.throwsFirst', undefined],
      ['on.throwsBefore', undefined],
      ['on.throwsLater', 'trpc'],
      ['on.count', { upTo: 'x' }],
      ['on.nope', undefined],
    ])('%s(%j) gives the same events, connection states and errors', async (path, input) => {
      const seen = await onBoth({ transformer, links }, (client) => subscribe(client, { path, input }));
      expect(seen.length).toBeGreaterThan(1);
    });

    test('unsubscribing ends an endless stream', async () => {
      const seen = await onBoth({ transformer, links }, (client) =>
        subscribe(client, { path: 'on.endless', events: 5 }),
      );
      expect(seen.filter((one) => typeof one === 'object' && one !== null && 'data' in one)).toHaveLength(5);
    });
  });

  test('an EventSource that loses its connection resumes from the last id', async () => {
    const seen = await onBoth({ transformer: 'none', links, sse: { maxDurationMs: 300 } }, async (client) => {
      const all = await subscribe(client, { path: 'on.climb', events: 6 });
      return all.filter((one) => typeof one === 'object' && one !== null && 'data' in one);
    });
    expect(seen).toEqual(
      Array.from({ length: 6 }, (_, index) => ({ data: { id: String(index + 1), data: index + 1 } })),
    );
  });

  test('retryLink starts a failed subscription again from its last id', async () => {
    const retrying: ClientSetup['links'] = (options) => [
      retryLink({ retry: ({ attempts }) => attempts < 4 }),
      ...links(options),
    ];
    const seen = await onBoth({ transformer: 'superjson', links: retrying }, async (client) => {
      const all = await subscribe(client, { path: 'on.stumble' });
      return all.filter(
        (one) => typeof one === 'object' && one !== null && ('data' in one || 'error' in one),
      );
    });
    expect(seen).toMatchObject([
      ...[1, 2, 3, 4].map((id) => ({ data: { id: String(id), data: id } })),
      { error: { data: { code: 'CONFLICT' } } },
    ]);
  });

  test('a client reconnects a stream that is silent for reconnectAfterInactivityMs', async () => {
    await onBoth(
      { transformer: 'none', links, sse: { client: { reconnectAfterInactivityMs: 100 } } },
      async (client) => {
        const all = await subscribe(client, { path: 'on.sleepy', events: 2 });
        return all.filter((one) => typeof one === 'object' && one !== null && 'data' in one);
      },
    );
  });

  test('connection parameters reach the context', async () => {
    const seen = await onBoth(
      {
        transformer: 'none',
        links: (options) => [
          httpSubscriptionLink({ ...options, EventSource, connectionParams: { user: 'grace' } }),
        ],
        createContext: (context, { connectionParams }) => ({
          ...context,
          user: connectionParams?.['user'] ?? 'none',
        }),
      },
      (client) => subscribe(client, { path: 'on.whoami' }),
    );
    expect(seen).toContainEqual({ data: 'grace' });
  });
});

test('an EventSource that reconnects sends its headers as they are then', async () => {
  const links: ClientSetup['links'] = (options) => {
    let tokens = 0;
    const withToken: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `token ${(tokens += 1)}`);
      return fetch(url, { ...init, headers });
    };
    return [
      httpSubscriptionLink({
        ...options,
        EventSource: PonyfillEventSource,
        eventSourceOptions: async () => ({ fetch: withToken }),
      }),
    ];
  };
  const seen = await onBoth(
    {
      transformer: 'none',
      links,
      sse: { maxDurationMs: 100 },
      createContext: (context, _info, response) => ({
        ...context,
        user: response.req.headers.authorization ?? 'nobody',
      }),
    },
    async (client) => {
      const all = await subscribe(client, { path: 'on.watchWhoami', events: 2 });
      return all.filter((one) => typeof one === 'object' && one !== null && 'data' in one);
    },
  );
  expect(seen).toEqual([{ data: 'token 1' }, { data: 'token 2' }]);
});
