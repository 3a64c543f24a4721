// Protects against cross-site request forgery. SameSite=Strict cookies cover most of it; this covers the rest: a sister
// subdomain is the same site, and a form with a file needs no preflight.
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@parley/api';
import type { Origins } from './origins.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether requests of this method change nothing. */
export function isSafe({ method = '' }: IncomingMessage): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Accepts an unsafe request if a browser says that it comes from our own page or an origin in CORS_ORIGINS, if it carries
 * no browser login, or if no browser can have sent it.
 */
export function checkSite(request: IncomingMessage, origins: Origins): DomainError | undefined {
  if (isSafe(request)) return undefined;
  const { origin, cookie, authorization, 'sec-fetch-site': site } = request.headers;
  // Pages cannot set this header. `none`: the user navigated, with a bookmark or the address bar.
  if (site === 'same-origin' || site === 'none') return undefined;
  if (origin !== undefined && (origins.isOwn(origin, request) || origins.isAllowed(origin))) return undefined;
  // Without cookies, an API key is the only credential. A login has neither: from a foreign page, it would log the
  // visitor in to an attacker's account.
  const isOfBrowser = origin !== undefined || site !== undefined;
  if (cookie === undefined && (!isOfBrowser || authorization !== undefined)) return undefined;
  // curl with a cookie jar. A browser would send an Origin, and a preflight before JSON or an unusual method.
  if (!isOfBrowser && needsPreflight(request)) return undefined;
  return new DomainError('CROSS_SITE_REQUEST', messageFor(isOfBrowser));
}

function needsPreflight({ method, headers }: IncomingMessage): boolean {
  return method !== 'POST' || /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function messageFor(isOfBrowser: boolean): string {
  return isOfBrowser
    ? 'This page must not make changes on this server. The operator can allow its origin in CORS_ORIGINS.'
    : 'A request with cookies must show that no other site sent it: send JSON or `Sec-Fetch-Site: none`, or use an API key.';
}
