// The one `fetch` that all requests go through, streams included: it carries the credentials.

/** What is needed of the global `fetch`, or of another. */
export type Fetch = (url: string | URL, init: RequestInit) => Promise<Response>;

/** Keeps cookies where there is no browser that does. A `CookieJar` of tough-cookie is one. */
export interface CookieStore {
  /** The `Cookie` header for a request to `url`; empty where there are none. */
  getCookieString(url: string): Promise<string>;
  /** Takes one `Set-Cookie` header of an answer from `url`. */
  setCookie(header: string, url: string): Promise<unknown>;
}

/** Who makes the requests: the owner of an API key, the login in a cookie store, or the browser's own login. */
export type Credentials =
  | { /** `parley_...` */ apiKey: string; cookies?: never }
  | { cookies: CookieStore; apiKey?: never }
  | { apiKey?: never; cookies?: never };

/** As the links and EventSource call it, by their types: they pass URLs only, but `signal: undefined` too. */
export type RequestFetch = (input: string | URL | Request, init?: LinkInit) => Promise<Response>;
type LinkInit = Omit<RequestInit, 'signal'> & { signal?: AbortSignal | null | undefined };

export function createRequestFetch({
  apiKey,
  cookies,
  fetch = globalFetch,
}: Credentials & { fetch?: Fetch }): RequestFetch {
  const withCredentials =
    apiKey !== undefined
      ? withApiKey(fetch, apiKey)
      : cookies !== undefined
        ? withCookies(fetch, cookies)
        : withBrowserCookies(fetch);
  return (input, init) =>
    withCredentials(input instanceof Request ? input.url : input, { ...init, signal: init?.signal ?? null });
}

/** Looked up at each request, for those who replace it; and called on nothing else, which browsers refuse. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);

function withApiKey(fetch: Fetch, apiKey: string): Fetch {
  return (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    // The key says it all: a browser's login has no part in this.
    return fetch(url, { ...init, headers, credentials: 'omit' });
  };
}

function withCookies(fetch: Fetch, cookies: CookieStore): Fetch {
  return async (input, init) => {
    const url = input.toString();
    const headers = new Headers(init.headers);
    const cookie = await cookies.getCookieString(url);
    if (cookie !== '') headers.set('cookie', cookie);
    // The server takes a write with cookies only where it can tell that no foreign page made it. A browser says so by
    // this header; `none` stands for the user in person.
    headers.set('sec-fetch-site', 'none');
    const response = await fetch(url, { ...init, headers });
    for (const header of response.headers.getSetCookie()) await cookies.setCookie(header, url);
    return response;
  };
}

function withBrowserCookies(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, { ...init, credentials: 'include' });
}
