// Which pages are ours, and which of other people's may talk to us.
import type { IncomingMessage } from 'node:http';

export interface Origins {
  /** Whether a page of this origin is ours: it was served under the address that the request went to. */
  isOwn(origin: string, request: IncomingMessage): boolean;
  /** Whether the operator has named this origin. */
  isAllowed(origin: string): boolean;
  /** Whether any has been named: only then do answers depend on the origin. */
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
    // Without PUBLIC_URL there are several names: localhost, 127.0.0.1, the machine's own. A foreign page cannot make a
    // browser send another `Host` than that of the address it asks.
    isOwn: (origin, { headers }) =>
      own === undefined ? URL.parse(origin)?.host === headers.host?.toLowerCase() : origin === own,
    isAllowed: (origin) => named.has(origin),
    allowsAny: named.size > 0,
  };
}
