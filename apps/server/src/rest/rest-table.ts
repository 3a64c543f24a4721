// Finds the routes of a path. There are a few dozen, so it tries all with as many segments one by one.
import { toCamelCase, type RestRoute } from '@parley/api';

interface Path {
  segments: Segment[];
  routes: Map<string, RestRoute>;
}

/** The name of a parameter, or a literal text. */
type Segment = { parameter: string } | { text: string };

export interface RestMatch {
  /** By method. */
  routes: ReadonlyMap<string, RestRoute>;
  /** Decoded, by the procedures' names for them. */
  parameters: Record<string, string>;
}

export class RestTable {
  readonly #pathsByLength = new Map<number, Path[]>();

  constructor(routes: RestRoute[]) {
    for (const route of routes) this.#add(route);
  }

  find(pathname: string): RestMatch | undefined {
    const parts = pathname.split('/');
    for (const { segments, routes } of this.#pathsByLength.get(parts.length) ?? []) {
      const parameters = parametersOf(segments, parts);
      if (parameters !== undefined) return { routes, parameters };
    }
    return undefined;
  }

  #add(route: RestRoute): void {
    const segments = route.path.split('/').map(toSegment);
    const paths = this.#pathsByLength.get(segments.length) ?? [];
    this.#pathsByLength.set(segments.length, paths);
    let path = paths.find((other) => isSamePath(other.segments, segments));
    if (path === undefined) {
      path = { segments, routes: new Map() };
      paths.push(path);
      // Literal texts come before parameters: `/api/chats/search` is not the chat with the id "search".
      paths.sort((a, b) => rankOf(a.segments).localeCompare(rankOf(b.segments)));
    }
    path.routes.set(route.method, route);
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

/** A sort key: paths with literal texts further to the left come first. */
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
