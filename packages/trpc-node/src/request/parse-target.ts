// The path and the query of a request. Every tRPC client sends plain ones, which need no URL object; whatever looks
// unusual goes through one, so that both readings agree.
import { TRPCError } from '@trpc/server';
import { createURL } from '@trpc/server/adapters/node-http';
import type { NodeRequest } from '../node-http.ts';
import { parseQuery, type Query } from './parse-query.ts';

export interface RequestTarget {
  /** Percent-encoded, with the leading slash. */
  pathname: string;
  query: Query;
}

/** No percent-encoding, no empty segment, no segment that begins with a dot: what URL would leave as it is. */
const PLAIN_PATH = /^(?:\/[\w,~-][\w.,~-]*)+\/?$/;

/** A server is reached under a few names; whoever sends many pays for the URL objects. */
const MAX_KNOWN_HOSTS = 100;

/** Remembers the hosts it has seen to be valid. */
export class TargetParser {
  readonly #knownHosts = new Set<string>();

  /** @throws TRPCError BAD_REQUEST where path and Host make no URL */
  parse(request: NodeRequest): RequestTarget {
    const { url = '/' } = request;
    const mark = url.indexOf('?');
    const pathname = mark === -1 ? url : url.slice(0, mark);
    if (PLAIN_PATH.test(pathname) && !url.includes('#') && this.#isKnownHost(request)) {
      return { pathname, query: parseQuery(mark === -1 ? '' : url.slice(mark + 1)) };
    }
    const parsed = createURL(request);
    if (parsed.username !== '' || parsed.password !== '') {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'Invalid URL' });
    }
    this.#rememberHost(request);
    return { pathname: parsed.pathname, query: parsed.searchParams };
  }

  #isKnownHost({ headers }: NodeRequest): boolean {
    const host = headers.host ?? headers[':authority'];
    return typeof host === 'string' && this.#knownHosts.has(host);
  }

  #rememberHost({ headers }: NodeRequest): void {
    const host = headers.host ?? headers[':authority'];
    if (typeof host !== 'string') return;
    if (this.#knownHosts.size >= MAX_KNOWN_HOSTS) this.#knownHosts.clear();
    this.#knownHosts.add(host);
  }
}
