// The typed client: chooses the tRPC link for each request. request-fetch.ts adds the credentials.
import type { AppRouter } from '@parley/api';
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
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
  /** Replaces the class that streams use. Its second argument has a `fetch` that adds the credentials. */
  EventSource?: EventSourceConstructor;
};

/** The part of EventSource that the client uses. The browsers' class and that of the package `eventsource` fit. */
export type EventSourceConstructor = new (
  url: string,
  init: { withCredentials: boolean; fetch: RequestFetch },
) => {
  readonly CLOSED: number;
  readonly CONNECTING: number;
  readonly OPEN: number;
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
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
  // superjson cannot serialize a form with a picture; the response is superjson as usual.
  const forms = { serialize: (input: unknown) => input, deserialize: superjson.deserialize };
  const sendLink = chooseLink({
    stream: subscriptionLink(url, fetch, options),
    form: httpLink({ ...http, transformer: forms }),
    alone: httpLink(http),
    // The head of a streamed response comes at once, and keep-alives follow, so that neither fetch nor a proxy gives up.
    slow: httpBatchStreamLink({ ...http, maxItems: 1 }),
    batch: httpBatchLink({ ...http, maxItems: MAX_BATCH_ITEMS, maxURLLength: MAX_URL_CHARS }),
  });
  return createTRPCClient<AppRouter>({
    links: options.apiKey === undefined ? [refreshLink(), sendLink] : [sendLink],
  });
}

function chooseLink(
  links: Record<'stream' | 'form' | 'alone' | 'slow' | 'batch', TRPCLink<AppRouter>>,
): TRPCLink<AppRouter> {
  return (runtime) => {
    const stream = links.stream(runtime);
    const form = links.form(runtime);
    const alone = links.alone(runtime);
    const slow = links.slow(runtime);
    const batch = links.batch(runtime);
    return (call) => {
      const { type, input, path } = call.op;
      if (type === 'subscription') return stream(call);
      if (isNonJsonSerializable(input)) return form(call);
      // Never in a batch: logins and refreshes set cookies and have their own rate limits.
      if (path.startsWith('auth.')) return alone(call);
      // It takes as long as the agent.
      return path === 'agent.test' ? slow(call) : batch(call);
    };
  };
}

function subscriptionLink(url: string, fetch: RequestFetch, options: ClientOptions): TRPCLink<AppRouter> {
  const { apiKey, cookies, fetch: ownFetch, EventSource: ownEventSource } = options;
  const needsFetch = (apiKey ?? cookies ?? ownFetch ?? ownEventSource) !== undefined;
  if ('EventSource' in globalThis && !needsFetch) {
    return httpSubscriptionLink({
      url,
      transformer: superjson,
      eventSourceOptions: { withCredentials: true },
    });
  }
  return httpSubscriptionLink({
    url,
    transformer: superjson,
    EventSource: ownEventSource ?? FetchEventSource,
    eventSourceOptions: { withCredentials: true, fetch },
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
