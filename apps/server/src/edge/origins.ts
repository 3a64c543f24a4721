// The origin of our own pages, and the origins that CORS_ORIGINS allows.
import type { IncomingMessage } from 'node:http';

export interface Origins {
  /** Whether this is the origin of our own page: PUBLIC_URL or, without it, the host of the request. */
  isOwn(origin: string, request: IncomingMessage): boolean;
  /** Whether CORS_ORIGINS contains this origin. */
  isAllowed(origin: string): boolean;
  /** Whether CORS_ORIGINS contains any origin: only then do responses depend on the Origin header. */
  readonly allowsAny: boolean;
}

export function createOrigins({
  publicUrl,
  allowed,
}: {
  publicUrl: string | undefined;
  allowed: readonly string[];
}): Origins {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const named = new Set(allowed);
  return {
    // Without PUBLIC_URL, the server has several names: localhost, 127.0.0.1, the host name. A foreign page cannot make
    // a browser send a `Host` other than that of the requested URL.
    isOwn: (origin, { headers }) =>
      own === undefined ? URL.parse(origin)?.host === headers.host?.toLowerCase() : origin === own,
    isAllowed: (origin) => named.has(origin),
    allowsAny: named.size > 0,
  };
}
