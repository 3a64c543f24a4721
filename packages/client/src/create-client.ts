// The typed client: chooses the tRPC link for each request. request-fetch.ts adds the credentials.
import type { AppRouter } from '@parley/api';
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { refreshLink } from './refresh-link.ts';
import { createRequestFetch, type Credentials, type Fetch, type RequestFetch } from './request-fetch.ts';

/** Every procedure of Parley: `client.chat.list.query()`, `client.agent.create.mutate({ ... })`. */
export type Client = TRPCClient<AppRouter>;

/** Without `apiKey` or `cookies`, requests use the browser's cookies. */
export type ClientOptions = Credentials & {
  /** The server's address, such as `http://127.0.0.1:8000`. */
  url: string;
  /** Replaces the global `fetch`: for a proxy, or to record requests. */
  fetch?: Fetch;
};

/** The server's limit of calls in a batch. */
const MAX_BATCH_ITEMS = 10;
/** Node.js refuses a request head of more than 16 KiB; this leaves room for the cookies. */
const MAX_URL_CHARS = 12_000;
/** The maximum delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A client for one server and one login. It renews an expired access token by itself; API keys have none.
 * @throws TypeError when `url` is not an http(s) URL
 */
export function createClient(options: ClientOptions): Client {
  const url = endpointOf(options.url);
  const fetch = createRequestFetch(options);
  const http = { url, transformer: superjson, fetch };
  const sendLink: TRPCLink<AppRouter> = splitLink({
    condition: (op) => op.type === 'subscription',
    true: subscriptionLink(url, fetch, options),
    false: splitLink({
      // superjson cannot serialize a form with a picture; the response is superjson as usual.
      condition: (op) => isNonJsonSerializable(op.input),
      true: httpLink({
        ...http,
        transformer: { serialize: (input: unknown) => input, deserialize: superjson.deserialize },
      }),
      false: splitLink({
        // Never in a batch: logins and refreshes set cookies and have their own rate limits.
        condition: (op) => op.path.startsWith('auth.'),
        true: httpLink(http),
        false: splitLink({
          // Takes as long as the agent. The head of a streamed response comes at once, and keep-alives follow, so that neither
          // fetch nor a proxy gives up.
          condition: (op) => op.path === 'agent.test',
          true: httpBatchStreamLink({ ...http, maxItems: 1 }),
          false: httpBatchLink({ ...http, maxItems: MAX_BATCH_ITEMS, maxURLLength: MAX_URL_CHARS }),
        }),
      }),
    }),
  });
  return createTRPCClient<AppRouter>({
    links: options.apiKey === undefined ? [refreshLink(), sendLink] : [sendLink],
  });
}

function subscriptionLink(url: string, fetch: RequestFetch, options: ClientOptions): TRPCLink<AppRouter> {
  const needsOwnFetch = (options.apiKey ?? options.cookies ?? options.fetch) !== undefined;
  if ('EventSource' in globalThis && !needsOwnFetch) {
    return httpSubscriptionLink({
      url,
      transformer: superjson,
      eventSourceOptions: { withCredentials: true },
    });
  }
  return httpSubscriptionLink({
    url,
    transformer: superjson,
    EventSource: FetchEventSource,
    eventSourceOptions: { fetch },
  });
}

/**
 * EventSource on `fetch`: for Node.js, which has none, and for browsers with an API key, since the native one cannot send
 * headers. It keeps the process alive until it is closed: the package's reconnect timer is unref'd, so a program that lost
 * its connection in the middle of an answer would exit with code 0.
 */
class FetchEventSource extends EventSource {
  readonly #keepAlive = setInterval(() => {}, MAX_TIMER_MS);

  override close(): void {
    clearInterval(this.#keepAlive);
    super.close();
  }
}

function endpointOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new TypeError(`The url must be the server's address, such as http://127.0.0.1:8000, not "${url}".`);
  }
  return `${url.replace(/\/+$/, '')}/trpc`;
}
