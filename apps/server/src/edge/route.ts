// A route of the server: its paths, its handler and its rules.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DomainError } from '@parley/api';
import type { BodyRules } from './check-body.ts';
import type { ResponseKind } from './security-headers.ts';

export interface Route extends BodyRules {
  /** `/trpc/` matches as a prefix, `/healthz` exactly; a RegExp must match the whole path. */
  path: string | RegExp;
  /** Default: any. */
  method?: string;
  /** Called after the edge's checks. `arrivalOf(request)` returns the request's id and client. */
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Default: `data`. */
  kind?: ResponseKind;
  /** Logged at debug: probes request it every few seconds. */
  isQuiet?: boolean;
  /** Responds to a request that the edge refuses, in the format of this route. Default: `{ message, reason }`. */
  refuse?: (response: ServerResponse, error: DomainError) => void;
}

export type FindRoute = (path: string, method: string | undefined) => Route | undefined;

/** Finds the first route that matches a request. */
export function createRouteFinder(routes: readonly Route[]): FindRoute {
  const matchers = routes.map((route) => ({ route, matches: matcherOf(route.path) }));
  return (path, method) =>
    matchers.find(({ route, matches }) => (route.method ?? method) === method && matches(path))?.route;
}

function matcherOf(path: string | RegExp): (path: string) => boolean {
  if (path instanceof RegExp) return (given) => path.exec(given)?.[0] === given;
  if (path.length > 1 && path.endsWith('/')) return (given) => given.startsWith(path);
  return (given) => given === path;
}
