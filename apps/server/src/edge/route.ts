// A row of the server's table: which paths, who answers them, and by what rules.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DomainError } from '@parley/api';
import type { BodyRules } from './check-body.ts';
import type { AnswerKind } from './security-headers.ts';

export interface Route extends BodyRules {
  /** `/trpc/` is all that begins with it, `/healthz` that alone; an expression has to fit the whole path. */
  path: string | RegExp;
  /** Default: any. */
  method?: string;
  /** The request has passed the edge's checks. `arrivalOf(request)` knows from where it comes. */
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Default: data. */
  kind?: AnswerKind;
  /** Asked every few seconds by machines: not worth a line of the log each. */
  isQuiet?: boolean;
  /** Answers what the edge does not let through, in the way of this route. Default: `{ message, reason }`. */
  refuse?: (response: ServerResponse, error: DomainError) => void;
}

export type FindRoute = (path: string, method: string | undefined) => Route | undefined;

/** Finds the first row that fits a request. */
export function createRouteTable(routes: readonly Route[]): FindRoute {
  const matchers = routes.map((route) => ({ route, matches: matcherOf(route.path) }));
  return (path, method) =>
    matchers.find(({ route, matches }) => (route.method ?? method) === method && matches(path))?.route;
}

function matcherOf(path: string | RegExp): (path: string) => boolean {
  if (path instanceof RegExp) return (given) => path.exec(given)?.[0] === given;
  if (path.length > 1 && path.endsWith('/')) return (given) => given.startsWith(path);
  return (given) => given === path;
}
