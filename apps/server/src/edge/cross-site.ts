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
 * Accepts an unsafe request if a browser says that it comes from our own page or an origin in CORS_ORIGINS, if it carries an
 * API key, or if no browser sent it. Every browser sends `Origin` with an unsafe request of another site's page, so a
 * request without `Origin` and `Sec-Fetch-Site` is a program's.
 */
export function checkSite(request: IncomingMessage, origins: Origins): DomainError | undefined {
  if (isSafe(request)) return undefined;
  const { origin, authorization, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined && site === undefined) return undefined;
  // Pages cannot set this header. `none`: the user navigated, with a bookmark or the address bar.
  if (site === 'same-origin' || site === 'none') return undefined;
  if (origin !== undefined && (origins.isOwn(origin, request) || origins.isAllowed(origin))) return undefined;
  // Browsers never add a bearer token by themselves, and Parley ignores cookies beside one.
  if (authorization !== undefined && /^bearer /i.test(authorization)) return undefined;
  // Without cookies, too: a login from a foreign page would log the visitor in to an attacker's account.
  return new DomainError(
    'CROSS_SITE_REQUEST',
    'This page must not make changes on this server. The operator can allow its origin in CORS_ORIGINS.',
  );
}
