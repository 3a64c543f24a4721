// Reads the path and the query of a request. tRPC clients send plain ones, which need no URL object. Everything unusual
// goes through a URL object, so that the two readings agree.
import { TRPCError } from '@trpc/server';
import { createURL } from '@trpc/server/adapters/node-http';
import type { NodeRequest } from '../node-http.ts';

export interface RequestTarget {
  /** Percent-encoded, with the leading slash. */
  pathname: string;
  query: Query;
}

/** The part of URLSearchParams that tRPC needs. */
export interface Query {
  /** The first value with that name, decoded. */
  get(name: string): string | null;
}

/** No percent-encoding, no empty segment, no segment that starts with a dot: a URL object would change nothing. */
const PLAIN_PATH = /^(?:\/[\w,~-][\w.,~-]*)+\/?$/;

/** A server has few host names. A client that sends many costs only itself the URL objects. */
const MAX_KNOWN_HOSTS = 100;

/** Parses request targets, and remembers which hosts are valid. */
export class TargetParser {
  readonly #knownHosts = new Set<string>();

  /** @throws TRPCError BAD_REQUEST if path and Host form no URL */
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

/** Parses the query of a URL as URLSearchParams does, at a fraction of the cost. */
export function parseQuery(search: string): Query {
  if (search === '') return emptyQuery;
  const fields: Field[] = [];
  for (const text of search.split('&')) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    const name = equals === -1 ? text : text.slice(0, equals);
    // tRPC clients never encode a name.
    if (name.includes('%') || name.includes('+')) return parseAsUrl(search);
    fields.push({ name, value: equals === -1 ? '' : text.slice(equals + 1) });
  }
  return {
    get(name) {
      for (const field of fields) if (field.name === name) return decodeValue(field.value);
      return null;
    },
  };
}

interface Field {
  name: string;
  value: string;
}

const emptyQuery: Query = { get: () => null };

function decodeValue(value: string): string {
  const spaced = value.includes('+') ? value.replaceAll('+', ' ') : value;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // decodeURIComponent refuses bytes that are not UTF-8; URL replaces them with U+FFFD.
    return parseAsUrl(`value=${value}`).get('value') ?? '';
  }
}

/** Goes through URL, because URLSearchParams decodes non-ASCII characters beside broken escapes differently. */
function parseAsUrl(search: string): Query {
  return new URL(`http://localhost/?${search}`).searchParams;
}
