// Finds what answers a path. There are some dozens of routes, so those of one length are tried one after the other.
import { toCamelCase } from '@parley/api';
import type { RestAnswerer } from './rest-request.ts';

interface Route {
  segments: Segment[];
  byMethod: Map<string, RestAnswerer>;
}

/** A name for a parameter, or the text that has to stand there. */
type Segment = { parameter: string } | { text: string };

export interface RouteMatch {
  /** By method. */
  answerers: ReadonlyMap<string, RestAnswerer>;
  /** By the names that the procedures give them, decoded. */
  parameters: Record<string, string>;
}

export class RestTable {
  readonly #routesByLength = new Map<number, Route[]>();

  constructor(answerers: RestAnswerer[]) {
    for (const answerer of answerers) this.#add(answerer);
  }

  find(pathname: string): RouteMatch | undefined {
    const parts = pathname.split('/');
    for (const { segments, byMethod } of this.#routesByLength.get(parts.length) ?? []) {
      const parameters = parametersOf(segments, parts);
      if (parameters !== undefined) return { answerers: byMethod, parameters };
    }
    return undefined;
  }

  #add(answerer: RestAnswerer): void {
    const segments = answerer.path.split('/').map(toSegment);
    const routes = this.#routesByLength.get(segments.length) ?? [];
    this.#routesByLength.set(segments.length, routes);
    let route = routes.find((other) => isSamePath(other.segments, segments));
    if (route === undefined) {
      route = { segments, byMethod: new Map() };
      routes.push(route);
      // Text before parameters: `/api/chats/search` is not the chat whose id is "search".
      routes.sort((a, b) => rankOf(a.segments).localeCompare(rankOf(b.segments)));
    }
    route.byMethod.set(answerer.method, answerer);
  }
}

function toSegment(text: string): Segment {
  const parameter = /^\{(\w+)\}$/.exec(text)?.[1];
  return parameter === undefined ? { text } : { parameter: toCamelCase(parameter) };
}

function isSamePath(a: Segment[], b: Segment[]): boolean {
  return rankOf(a) === rankOf(b) && a.every((segment, index) => textOf(segment) === textOf(b[index]));
}

function textOf(segment: Segment | undefined): string | undefined {
  return segment !== undefined && 'text' in segment ? segment.text : undefined;
}

/** Sorts paths by where their parameters stand. */
function rankOf(segments: Segment[]): string {
  return segments.map((segment) => ('text' in segment ? '0' : '1')).join('');
}

function parametersOf(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if ('text' in segment) {
      if (part !== segment.text) return undefined;
    } else {
      const value = decode(part);
      if (value === undefined || value === '') return undefined;
      parameters[segment.parameter] = value;
    }
  }
  return parameters;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
