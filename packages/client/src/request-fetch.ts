// Adds the credentials. All requests go through this one `fetch`, streams included.

/** The part of the global `fetch` that the client calls. */
export type Fetch = (url: string | URL, init: RequestInit) => Promise<Response>;

/** Keeps cookies outside browsers. tough-cookie's `CookieJar` implements it. */
export interface CookieStore {
  /** The `Cookie` header for a request to `url`; empty if there are no cookies. */
  getCookieString(url: string): Promise<string>;
  /** Stores one `Set-Cookie` header of a response from `url`. */
  setCookie(header: string, url: string): Promise<unknown>;
}

/** Authenticates requests: an API key, the login in a cookie store, or the browser's login. */
export type Credentials =
  | { /** `parley_...` */ apiKey: string; cookies?: never }
  | { cookies: CookieStore; apiKey?: never }
  | { apiKey?: never; cookies?: never };

/** The type that the links and EventSource expect. In fact they pass URLs only, and `signal: undefined` at times. */
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

/** Looks up `fetch` at each request, as programs may replace it, and calls it as a method: browsers require that. */
const globalFetch: Fetch = (url, init) => {
  if ('credentials' in Request.prototype) return globalThis.fetch(url, init);
  // Cloudflare's fetch throws on these two instead of ignoring them.
  const { credentials: _credentials, mode: _mode, ...supported } = init;
  return globalThis.fetch(url, supported);
};

function withApiKey(fetch: Fetch, apiKey: string): Fetch {
  return (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    // The key authenticates alone: the browser must not add its login's cookies.
    return fetch(url, { ...init, headers, credentials: 'omit' });
  };
}

function withCookies(fetch: Fetch, cookies: CookieStore): Fetch {
  return async (input, init) => {
    const url = input.toString();
    const headers = new Headers(init.headers);
    const cookie = await cookies.getCookieString(url);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers });
    for (const header of response.headers.getSetCookie()) await cookies.setCookie(header, url);
    return response;
  };
}

function withBrowserCookies(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, { ...init, credentials: 'include' });
}
