// Converts between REST's snake_case and the schemas' camelCase, for requests, responses and the documentation.

/** Names of properties whose values stay unchanged, because their keys are data: see `opaqueKeysOf`. */
export type OpaqueKeys = ReadonlySet<string>;

/** More levels than any schema has. Without a limit, deep JSON would overflow the stack. */
const MAX_DEPTH = 64;

const snakeCaseKeys = new Map<string, string>();
const camelCaseKeys = new Map<string, string>();

export function toSnakeCase(name: string): string {
  return cached(snakeCaseKeys, name, () => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

export function toCamelCase(name: string): string {
  return cached(camelCaseKeys, name, () =>
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

/** Converts an output for REST. */
export function toSnakeCaseKeys(value: unknown, opaqueKeys: OpaqueKeys): unknown {
  return convertKeys(value, { convert: toSnakeCase, opaqueKeys, depth: 0 });
}

/**
 * Converts an input from REST. Keys in camelCase are dropped, as any unknown key is: REST has no such names.
 * @throws RangeError if the value is nested deeper than any input
 */
export function toCamelCaseKeys(value: unknown, opaqueKeys: OpaqueKeys): unknown {
  const convert = (key: string): string | undefined => (/[A-Z]/.test(key) ? undefined : toCamelCase(key));
  return convertKeys(value, { convert, opaqueKeys, depth: 0 });
}

interface Conversion {
  convert: (key: string) => string | undefined;
  opaqueKeys: OpaqueKeys;
  depth: number;
}

function convertKeys(value: unknown, conversion: Conversion): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { convert, opaqueKeys, depth } = conversion;
  if (depth >= MAX_DEPTH) throw new RangeError('the value is nested too deeply');
  const inner = { convert, opaqueKeys, depth: depth + 1 };
  if (Array.isArray(value)) return value.map((item: unknown) => convertKeys(item, inner));
  const converted: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = convert(key);
    // Assigning `__proto__` would set the object's prototype. No schema has this key.
    if (name === undefined || name === '__proto__') continue;
    converted[name] = opaqueKeys.has(key) ? item : convertKeys(item, inner);
  }
  return converted;
}

/** Requests may have any keys, so the cache is bounded. */
const MAX_CACHED_KEYS = 2_000;

function cached(cache: Map<string, string>, name: string, make: () => string): string {
  let made = cache.get(name);
  if (made === undefined) {
    made = make();
    if (cache.size < MAX_CACHED_KEYS) cache.set(name, made);
  }
  return made;
}
