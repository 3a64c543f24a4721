// The names of REST are snake_case and ours are camelCase: one conversion for requests, answers and the documentation.

/** An object whose keys are somebody's data is left as it is, whatever is in it: see `RestNames.opaqueKeys`. */
export type OpaqueKeys = ReadonlySet<string>;

/** Deeper than anything that a schema describes; JSON that is deeper still would overflow the stack. */
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

/** An answer as REST shows it. */
export function toSnakeCaseKeys(value: unknown, opaqueKeys: OpaqueKeys): unknown {
  return convertKeys(value, { convert: toSnakeCase, opaqueKeys, depth: 0 });
}

/**
 * What came over REST as an input. A key that REST does not have (`agentId`) is left out, as any unknown key is.
 * @throws RangeError where it is nested deeper than any input
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
    // Assigning to this key would set the object's prototype; no schema has it.
    if (name === undefined || name === '__proto__') continue;
    converted[name] = opaqueKeys.has(key) ? item : convertKeys(item, inner);
  }
  return converted;
}

/** The keys of schemas are few; those of requests are anybody's, so the cache has an end. */
const MAX_CACHED_KEYS = 2_000;

function cached(cache: Map<string, string>, name: string, make: () => string): string {
  let made = cache.get(name);
  if (made === undefined) {
    made = make();
    if (cache.size < MAX_CACHED_KEYS) cache.set(name, made);
  }
  return made;
}
