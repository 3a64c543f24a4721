// A browser sends its cookies with what other people's pages ask of us. SameSite=Strict should keep it from that; this
// holds where it does not: a sister subdomain is the same site, and a form with a file needs no preflight.
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@parley/api';
import type { Origins } from './origins.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the method is one that changes nothing here. */
export function isSafe({ method = '' }: IncomingMessage): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Lets a request that may change something pass when a browser says that it comes from our own page or from an origin
 * that the operator has named, when no browser's login is behind it, or when no browser can have sent it.
 */
export function checkSite(request: IncomingMessage, origins: Origins): DomainError | undefined {
  if (isSafe(request)) return undefined;
  const { origin, cookie, authorization, 'sec-fetch-site': site } = request.headers;
  // Browsers let no page set this header. `none` is the user in person: a bookmark, the address bar.
  if (site === 'same-origin' || site === 'none') return undefined;
  if (origin !== undefined && (origins.isOwn(origin, request) || origins.isAllowed(origin))) return undefined;
  // Without cookies a request acts for nobody but whom its key names. A login has neither; one from a foreign page would
  // log its visitor in to somebody else's account.
  const isOfBrowser = origin !== undefined || site !== undefined;
  if (cookie === undefined && (!isOfBrowser || authorization !== undefined)) return undefined;
  // curl with its cookie jar. Browsers name the origin of whatever may change something, and ask first before they send
  // JSON, or use such a method, for a foreign page; both would have to fail for one to get here.
  if (!isOfBrowser && needsPreflight(request)) return undefined;
  return new DomainError('CROSS_SITE_REQUEST', messageFor(isOfBrowser));
}

function needsPreflight({ method, headers }: IncomingMessage): boolean {
  return method !== 'POST' || /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function messageFor(isOfBrowser: boolean): string {
  return isOfBrowser
    ? 'This page may not make changes here. Whoever runs the server can name its origin in CORS_ORIGINS.'
    : 'A request with cookies has to say where it comes from: send JSON, or `Sec-Fetch-Site: none`, or use an API key.';
}
